import { SiteError, type EntityRef } from '../ports.ts';
import { className, inspect } from '../http/ruby.ts';
import type { FieldModel } from '../schema-model/field-model.ts';
import { assertClass } from './classes.ts';
import type { WriteContext } from './write-context.ts';

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

/** The stored form of a single link. */
export function linkValue(context: WriteContext, field: FieldModel, value: unknown): EntityRef | null {
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

/** The stored form of a list of links. */
export function linkList(context: WriteContext, field: FieldModel, value: unknown): readonly EntityRef[] {
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

export function illegal(place: string): never {
  throw new SiteError(400, 104, `Update failed for [${place}]: Value is not legal.`);
}

function parseRef({ verb }: WriteContext, field: FieldModel, value: unknown): EntityRef {
  const refuse = (what: string): never => {
    throw new SiteError(400, 103, `API ${verb}() invalid/missing entity hash${what}`, { source: {} });
  };
  if (className(value) !== 'Hash') refuse(`: ${inspect(value)}`);
  const { type, id } = value as Readonly<Record<string, unknown>>;
  const shown = `${inspect(value)} Valid entity types: ${inspect(field.validTypes)}`;
  if (typeof type !== 'string') return refuse(` string 'type': ${shown}`);
  if (typeof id !== 'number' || !Number.isInteger(id)) return refuse(` integer 'id': ${shown}`);
  return { type, id };
}

function assertLive({ storage }: WriteContext, place: string, ref: EntityRef): EntityRef {
  const target = storage.get(ref.type, ref.id);
  if (target === undefined || target.retired) illegal(place);
  return ref;
}
