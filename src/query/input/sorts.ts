import type { SortKey } from '../ports/ports.ts';
import { AppError } from '../../base/errors.ts';
import type { ExposedType } from '../../site/expose.ts';
import { type Checks, heldType, ON_TYPE } from './links.ts';

type Direction = 'asc' | 'desc';

/** One key of an order: a field of the type, or a link with a key of the linked row. */
export interface SortInput {
  /** System name. */
  readonly field?: string | null;
  /** Ascending unless the key or an enclosing one sets it. */
  readonly direction?: Direction | null;
  readonly [link: string]: unknown;
}

/** The number of fields of a large type. Each key costs the site time. */
const MAX_KEYS = 200;

/** @throws AppError BAD_USER_INPUT for too many keys, and for a key with no field, or two */
export function compileSort(
  checks: Checks,
  type: ExposedType,
  keys: readonly SortInput[] | null | undefined,
): SortKey[] {
  if (keys !== null && keys !== undefined && keys.length > MAX_KEYS) {
    throw badKey(`Give at most ${MAX_KEYS} keys: the first ones decide.`, ['sort']);
  }
  return (keys ?? []).map((key, index) => compileKey(checks, type, key, { path: ['sort', String(index)] }));
}

interface KeyPlace {
  readonly path: readonly string[];
  /** The direction of the enclosing key. */
  readonly outer?: Direction | undefined;
}

function compileKey(
  checks: Checks,
  type: ExposedType,
  { field, direction: given, ...links }: SortInput,
  { path, outer }: KeyPlace,
): SortKey {
  const direction = directionOf(given, { path, outer });
  if (field !== undefined && field !== null && givenOf(links).length === 0)
    return { field, direction: direction ?? 'asc' };
  const [name, key] = onlyOne(field === undefined || field === null ? givenOf(links) : [], path);
  const systemName = checks.schema.names.systemField(type.type, name) ?? '';
  const link = type.fields.get(systemName);
  if (link === undefined) throw badKey('There is no such link.', [...path, name]);
  const [target, inner, place] =
    link.target === null
      ? ofSeveralTypes(key as SortInput, [...path, name])
      : [link.target, key, [...path, name]];
  const targetType = heldType({ ...checks, type, field: link, path: place }, target);
  const compiled = compileKey(checks, targetType, inner as SortInput, { path: place, outer: direction });
  return { ...compiled, field: `${systemName}.${targetType.type}.${compiled.field}` };
}

function directionOf(given: SortInput['direction'], { path, outer }: KeyPlace): Direction | undefined {
  if (given === undefined) return outer;
  if (given !== null && (outer === undefined || outer === given)) return given;
  const message =
    given === null
      ? 'Leave the direction out, or say ASC or DESC.'
      : 'One key has one direction. Give it once, beside the field or beside the link.';
  throw badKey(message, [...path, 'direction']);
}

/** `{onShot: {field: CODE}}`: the type of the key, and the key. */
function ofSeveralTypes(
  key: SortInput,
  path: readonly string[],
): readonly [string, unknown, readonly string[]] {
  const [name, inner] = onlyOne(givenOf(key), path);
  return [name.slice(ON_TYPE.length), inner, [...path, name]];
}

type Given = readonly (readonly [string, unknown])[];

const givenOf = (links: Readonly<Record<string, unknown>>): Given =>
  Object.entries(links).filter(([, key]) => key !== undefined && key !== null);

function onlyOne(given: Given, path: readonly string[]): readonly [string, unknown] {
  const [only] = given;
  if (only !== undefined && given.length === 1) return only;
  throw badKey('A key of the order has either "field" or one link.', path);
}

const badKey = (message: string, path: readonly string[]): AppError =>
  new AppError('BAD_USER_INPUT', { message, details: { path: path.join('.') } });
