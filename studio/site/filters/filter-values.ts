import { SiteError } from '../ports.ts';
import { assertClass, type Verb } from '../data-types/classes.ts';
import {
  parseCheckbox,
  parseDate,
  parseDateTime,
  parseFloatText,
  parseInteger,
  parseUuid,
} from '../data-types/scalars.ts';
import { className, inspect } from '../http/ruby.ts';
import type { FieldModel } from '../schema-model/field-model.ts';

/** Comparable form of a filter's value: numbers for the number family, links as `Type:id`, text in lower case. */
export type FilterValue = string | number | boolean | null;

const CALENDAR = /^in_calendar_/u;

/** @throws SiteError as the site refuses values of the wrong class or form (API 2.9, 3.3) */
export function filterValue(verb: Verb, place: string, field: FieldModel, value: unknown): FilterValue {
  if (field.dataType === 'entity' || field.dataType === 'multi_entity') return linkValue(verb, field, value);
  assertClass(verb, place, field, value);
  if (value === null) return null;
  switch (field.dataType) {
    case 'number':
    case 'percent':
    case 'duration':
    case 'timecode':
      return parseInteger(field.dataType, field.name, value);
    case 'float':
    case 'currency':
      return Number(parseFloatText(field.name, value));
    case 'checkbox':
      return parseCheckbox(field.name, value);
    case 'date':
      return parseDate(value);
    case 'date_time':
      return parseDateTime(value);
    case 'uuid':
      return value === '' ? null : parseUuid(place.split('.')[0] ?? '', value);
    case 'text':
    case 'list':
    case 'status_list':
      return value === '' ? null : comparableText(field, value as string);
    default:
      return value === '' ? null : (value as string);
  }
}

const CASELESS: ReadonlySet<string> = new Set(['text', 'list', 'status_list']);

/** Text and list values compare without case, type names and colours with it (API 3.3). */
export function comparableText(field: FieldModel, text: string): string {
  return CASELESS.has(field.dataType) ? text.toLowerCase() : text;
}

/** Value of a relation that does not take the field's own data type. */
export function relationValue(
  verb: Verb,
  relation: string,
  values: readonly unknown[],
): FilterValue | undefined {
  const [value] = values;
  if (CALENDAR.test(relation)) {
    if (typeof value === 'number' && Number.isInteger(value)) return value;
    throw new SiteError(
      400,
      103,
      `API ${verb}() '${relation}' 'relation' expects an integer: ${inspect(values)}`,
      { source: {} },
    );
  }
  if (!/^(?:type|name)_/u.test(relation)) return undefined;
  if (typeof value === 'string') return value;
  throw new SiteError(
    400,
    103,
    `API ${verb}() '${relation}' 'relation' expected [String] data type(s) but got ${className(value)}: ${inspect(value)}`,
    { source: {} },
  );
}

function linkValue(verb: Verb, field: FieldModel, value: unknown): string | null {
  if (value === null) return null;
  if (className(value) !== 'Hash') {
    throw new SiteError(400, 103, `API ${verb}() invalid/missing entity hash: ${inspect(value)}`, {
      source: {},
    });
  }
  const { type, id } = value as Readonly<Record<string, unknown>>;
  const isValidType =
    typeof type === 'string' && (field.validTypes.length === 0 || field.validTypes.includes(type));
  if (!isValidType) {
    throw new SiteError(
      400,
      103,
      `API ${verb}() invalid/missing entity hash string 'type': ${inspect(value)} Valid entity types: ${inspect(field.validTypes)}`,
      { source: {} },
    );
  }
  if (!Number.isInteger(id)) {
    throw new SiteError(
      400,
      103,
      `API ${verb}() invalid/missing entity hash integer 'id': ${inspect(value)} Valid entity types: ${inspect(field.validTypes)}`,
      { source: {} },
    );
  }
  return `${type}:${String(id)}`;
}
