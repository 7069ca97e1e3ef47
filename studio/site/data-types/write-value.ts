import type { WriteContext } from './write-context.ts';
import { bare } from '../bare.ts';
import { SiteError, type StoredValue } from '../ports.ts';
import { className } from '../http/ruby.ts';
import type { FieldModel } from '../schema-model/field-model.ts';
import { assertClass, type Verb } from './classes.ts';
import { linkedFile } from './file-link.ts';
import { jsonbValue } from './json-value.ts';
import { illegal, linkList, linkValue } from './link-value.ts';
import { parseCheckbox, parseDate, parseDateTime, parseFloatText, parseInteger } from './scalars.ts';

const MAX_INTEGER = 2_147_483_647;
const MIN_INTEGER = -2_147_483_648;
/** Data types that no write may name (API 5.3). */
const COMPUTED: ReadonlySet<string> = new Set(['summary', 'calculated', 'pivot_column', 'uuid', 'password']);
const LEGACY_COLOURS: Readonly<Record<string, string>> = bare({
  Blue: '0,0,255',
  Orange: '255,165,0',
  Pink: '255,192,203',
  Red: '255,0,0',
  Green: '0,128,0',
  Purple: '128,0,128',
  Grey: '128,128,128',
  Black: '0,0,0',
});

/** The stored form of a value that a create or update brings; refusals as API 5.3 and 2.9 have them. */
export function writeValue(context: WriteContext, field: FieldModel, value: unknown): StoredValue {
  const { verb, type } = context;
  const place = `${type}.${field.name}`;
  if (COMPUTED.has(field.dataType)) throw readOnly(verb, place);
  if (field.dataType === 'entity') return linkValue(context, field, value);
  if (field.dataType === 'multi_entity') return linkList(context, field, value);
  if (field.dataType === 'image') assertNoAttachment(verb, place, value);
  assertClass(verb, place, field, value);
  if (value === null) return field.dataType === 'color' && type === 'Task' ? illegal(place) : null;
  return scalarValue(context, field, value);
}

export const readOnly = (verb: Verb, place: string): SiteError =>
  new SiteError(400, 103, `API ${verb}() ${place} is read only.`, { source: {} });

function scalarValue(context: WriteContext, field: FieldModel, value: unknown): StoredValue {
  const place = `${context.type}.${field.name}`;
  switch (field.dataType) {
    case 'text':
      return (value as string).trim() || null;
    case 'number':
    case 'percent':
    case 'duration':
    case 'timecode':
      return integerValue(context, place, parseInteger(field.dataType, field.name, value));
    case 'float':
    case 'currency':
      return parseFloatText(field.name, value);
    case 'checkbox':
      return parseCheckbox(field.name, value);
    case 'date':
      return value === '' ? null : parseDate(value);
    case 'date_time':
      return parseDateTime(value);
    case 'list':
    case 'status_list':
      return choiceValue(place, field, value as string);
    case 'color':
      return colorValue(place, context.type, value as string);
    case 'url':
      return linkedFile(context.storage, place, value as Readonly<Record<string, unknown>>);
    case 'entity_type':
      return typeName(context, place, value as string);
    case 'jsonb':
      return jsonbValue(plainJson(value)) as object;
    case 'serializable':
      // Accepted and dropped (API 5.1).
      return place === 'Task.splits' ? null : (plainJson(value) as object);
    default:
      return value === '' ? null : (value as StoredValue);
  }
}

/** Without the marks of numbers that were written with a point. */
const plainJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** A name that the product knows, enabled on this site or not; a path segment is none (API 5.3). */
function typeName({ schema }: WriteContext, place: string, value: string): string | null {
  if (value === '') return null;
  return schema.isTypeName(value) ? value : illegal(place);
}

/** An image is set by an upload only (API 5.3). */
function assertNoAttachment(verb: Verb, place: string, value: unknown): void {
  const isAttachment = className(value) === 'Hash' && (value as { type?: unknown }).type === 'Attachment';
  if (!isAttachment) return;
  throw new SiteError(400, 103, `API ${verb}() ${place}: an Attachment is not yet supported in API`, {
    source: {},
  });
}

function integerValue({ verb, type }: WriteContext, place: string, value: number): number {
  if (value >= MIN_INTEGER && value <= MAX_INTEGER) return value;
  // The message differs by verb (API 2.9).
  if (verb === 'update') throw new SiteError(400, 104, `Update failed for [${place}]: Invalid statement.`);
  throw new SiteError(
    400,
    104,
    `Create failed for [${type}]: PG::NumericValueOutOfRange: ERROR:  integer out of range\n`,
    { meta: { crud_error_uuid: crypto.randomUUID() } },
  );
}

function choiceValue(place: string, field: FieldModel, value: string): string | null {
  if (value === '') return null;
  if (field.validValues.includes(value) || field.validValues.length === 0) return value;
  const legal = field.validValues.map((item) => `'${item}'`).join(', ');
  const message =
    field.dataType === 'list'
      ? `'${value}' is not a valid list value. Valid list values: ${legal}.`
      : `'${value}' is not a valid status. Valid statuses: ${legal}.`;
  throw new SiteError(400, 104, `Update failed for [${place}]: ${message}`);
}

function colorValue(place: string, type: string, value: string): string {
  if (type === 'Task' && value === 'pipeline_step') return value;
  if (type === 'Task' && LEGACY_COLOURS[value] !== undefined) return LEGACY_COLOURS[value];
  const parts = /^(\d{1,3}),(\d{1,3}),(\d{1,3})$/u.exec(value)?.slice(1).map(Number);
  return parts !== undefined && parts.every((part) => part <= 255) ? value : illegal(place);
}
