import { SiteError, type EntityRef, type Storage, type StoredValue } from '../ports.ts';
import { className, inspect } from '../http/ruby.ts';
import type { FieldModel } from '../schema-model/schema-model.ts';
import { assertClass, type Verb } from './classes.ts';
import { linkedFile } from './file-link.ts';
import { parseCheckbox, parseDate, parseDateTime, parseFloatText, parseInteger } from './scalars.ts';

const MAX_INTEGER = 2_147_483_647;
/** Data types that no write may name (API 5.3). */
const COMPUTED: ReadonlySet<string> = new Set(['summary', 'calculated', 'pivot_column', 'uuid', 'password']);
/** Links whose types the site checks (API 5.2); on all others a wrong type is stored. */
const BINDING: ReadonlySet<string> = new Set([
  'Version.project',
  'Version.task_template',
  'Sequence.episode',
  'TimeLog.user',
  'Cut.version',
  'CutItem.cut',
  'CutItem.shot',
  'CutItem.version',
]);
const LEGACY_COLOURS: Readonly<Record<string, string>> = {
  Blue: '0,0,255',
  Orange: '255,165,0',
  Pink: '255,192,203',
  Red: '255,0,0',
  Green: '0,128,0',
  Purple: '128,0,128',
  Grey: '128,128,128',
  Black: '0,0,0',
};

export interface WriteContext {
  readonly verb: Verb;
  readonly type: string;
  readonly storage: Storage;
}

/** The stored form of a value that a create or update brings; refusals as API 5.3 and 2.9 have them. */
export function writeValue(context: WriteContext, field: FieldModel, value: unknown): StoredValue {
  const { verb, type } = context;
  const place = `${type}.${field.name}`;
  if (COMPUTED.has(field.dataType)) throw readOnly(verb, place);
  if (field.dataType === 'entity') return linkValue(context, field, value);
  if (field.dataType === 'multi_entity') return linkList(context, field, value);
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
    default:
      return value === '' ? null : (value as StoredValue);
  }
}

function integerValue({ verb, type }: WriteContext, place: string, value: number): number {
  if (Math.abs(value) <= MAX_INTEGER) return value;
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

function illegal(place: string): never {
  throw new SiteError(400, 104, `Update failed for [${place}]: Value is not legal.`);
}

function linkValue(context: WriteContext, field: FieldModel, value: unknown): EntityRef | null {
  const place = `${context.type}.${field.name}`;
  assertClass(context.verb, place, field, value);
  if (value === null) return null;
  const ref = parseRef(context, field, value);
  if (BINDING.has(place) && !field.validTypes.includes(ref.type)) {
    const expected = field.validTypes.join(', ');
    throw new SiteError(400, 104, `Update failed for [${place}]: ${expected} expected, got ${ref.type}`);
  }
  return assertLive(context, place, ref);
}

function parseRef({ verb }: WriteContext, field: FieldModel, value: unknown): EntityRef {
  if (className(value) !== 'Hash') {
    throw new SiteError(400, 103, `API ${verb}() invalid/missing entity hash: ${inspect(value)}`, {
      source: {},
    });
  }
  const { type, id } = value as Readonly<Record<string, unknown>>;
  const shown = `${inspect(value)} Valid entity types: ${inspect(field.validTypes)}`;
  if (typeof type !== 'string') {
    throw new SiteError(400, 103, `API ${verb}() invalid/missing entity hash string 'type': ${shown}`, {
      source: {},
    });
  }
  if (typeof id !== 'number' || !Number.isInteger(id)) {
    throw new SiteError(400, 103, `API ${verb}() invalid/missing entity hash integer 'id': ${shown}`, {
      source: {},
    });
  }
  return { type, id };
}

function assertLive({ storage }: WriteContext, place: string, ref: EntityRef): EntityRef {
  const target = storage.get(ref.type, ref.id);
  if (target === undefined || target.retired) illegal(place);
  return ref;
}

function linkList(context: WriteContext, field: FieldModel, value: unknown): readonly EntityRef[] {
  const place = `${context.type}.${field.name}`;
  if (!Array.isArray(value)) {
    throw new SiteError(
      400,
      103,
      `API ${context.verb}() ${place} expected [Array, Hash] data type(s) but got ${className(value)}: ${inspect(value)}`,
      { source: {} },
    );
  }
  const refs = value.map((item: unknown) => parseRef(context, field, item));
  if (refs.some(({ type }) => field.validTypes.length > 0 && !field.validTypes.includes(type)))
    illegal(place);
  return refs.map((ref) => assertLive(context, place, ref));
}
