import { AppError, withDetails } from '../../base/errors.ts';
import { isRecordRef } from '../../shotgun/port/records.ts';
import type { ExposedSchema } from '../../site/expose.ts';
import { type LinkInput, systemTypeOf } from '../input/links.ts';
import type { EntityReader } from '../ports/ports.ts';
import { ROW_ONLY } from '../ports/selection.ts';

/**
 * Adds the place of the wrong link to a refusal of a list of links. The site names only the field (API 2.9), so
 * the records are then read as the person to find the missing one. If it cannot be found, the refusal stays at the
 * list. If several are possible, their places are `candidates`.
 */
export async function atWrongLink(
  thrown: unknown,
  schema: ExposedSchema,
  reader: Pick<EntityReader, 'many'>,
): Promise<unknown> {
  if (!(thrown instanceof AppError) || thrown.code !== 'BAD_USER_INPUT') return thrown;
  const { path, value } = thrown.details ?? {};
  const list = listIn(value);
  if (list === null || typeof path !== 'string') return thrown;
  const suspects = await notSeen(list.links, schema, reader);
  const placeOf = (index: number): string => [path, ...list.at, String(index)].join('.');
  const [index] = suspects;
  const link = list.links[index ?? -1];
  if (index === undefined || link === undefined) return thrown;
  // A record that this person cannot see may exist, and another one may be the wrong one.
  const isCertain = suspects.every((other) => isSame(list.links[other], link));
  if (!isCertain) return withDetails(thrown, { candidates: suspects.map(placeOf) });
  return withDetails(thrown, { path: placeOf(index), value: { type: link.type, id: link.id } });
}

const isSame = (one: LinkInput | undefined, other: LinkInput): boolean =>
  one?.type === other.type && one.id === other.id;

/** The links of a new record's list, or of a list's only change: `{add: [...]}`. */
function listIn(value: unknown): { links: readonly LinkInput[]; at: readonly string[] } | null {
  if (Array.isArray(value)) return value.every(isRecordRef) ? { links: value, at: [] } : null;
  if (typeof value !== 'object' || value === null) return null;
  const [only, ...others] = Object.entries(value).filter((entry): entry is [string, LinkInput[]] => {
    const list: unknown = entry[1];
    return Array.isArray(list) && list.every(isRecordRef);
  });
  return only === undefined || others.length > 0 ? null : { links: only[1], at: [only[0]] };
}

/** The places of links whose records the person cannot see; none if that is unknown. */
async function notSeen(
  links: readonly LinkInput[],
  schema: ExposedSchema,
  reader: Pick<EntityReader, 'many'>,
): Promise<readonly number[]> {
  if (links.length === 1) return [0];
  const named = links.map(({ type, id }) => ({ type: systemTypeOf(schema, type), id }));
  const types = [...new Set(named.map(({ type }) => type))].filter((type) => schema.types.has(type));
  const seen = new Set<string>();
  try {
    await Promise.all(
      types.map(async (type) => {
        const ids = named.filter((link) => link.type === type).map(({ id }) => id);
        const rows = await reader.many(type, ids, ROW_ONLY);
        ids.forEach((id, index) => {
          if (rows[index] !== null) seen.add(`${type} ${id}`);
        });
      }),
    );
  } catch {
    return [];
  }
  return named.flatMap(({ type, id }, index) => (seen.has(`${type} ${id}`) ? [] : [index]));
}
