import { grouped } from '../../base/bare.ts';
import { type EntitySelection, mergeSelections } from '../ports/selection.ts';
import type { ReadPlan } from './planning.ts';
import type { FilterCondition, FilterGroup } from '../../shotgun/port/requests.ts';

/** The read of one type below some rows. */
export interface LevelRead<Link> {
  readonly type: string;
  readonly links: readonly Link[];
  readonly selection: EntitySelection;
}

/**
 * The reads below the rows of a plan that have these links: one for each type. Rows without a link of some field
 * need less than planned, and a link that a path did not bring needs more.
 */
export function levelReads<Link extends { readonly selection: EntitySelection }>(
  { below }: ReadPlan,
  links: readonly Link[],
  typeOf: (link: Link) => string,
): readonly LevelRead<Link>[] {
  return [...grouped(links, typeOf)].map(([type, ofType]) => {
    const needed = new Set(ofType.map(({ selection }) => selection));
    const planned = below.get(type);
    const isPlanned =
      planned !== undefined && isSame(needed, new Set(planned.links.map(({ selection }) => selection)));
    return {
      ...{ type, links: ofType },
      selection: isPlanned ? planned.plan.selection : mergeSelections([...needed]),
    };
  });
}

const isSame = <T>(one: ReadonlySet<T>, other: ReadonlySet<T>): boolean =>
  one.size === other.size && [...one].every((item) => other.has(item));

/** Ids and fields of the required rows. */
export interface RowsNeeded {
  readonly type: string;
  readonly ids: Iterable<number>;
  readonly fields: ReadonlySet<string>;
}

/** One search for rows by their ids. */
export interface RowSearch {
  readonly type: string;
  readonly ids: readonly number[];
  readonly fields: ReadonlySet<string>;
}

/** The ids with at least one unknown field. */
export type Missing = (type: string, ids: Iterable<number>, fields: ReadonlySet<string>) => readonly number[];

/**
 * The searches for rows required at one time: one for each type, with the union of the fields. One more field is
 * nearly free, one more call costs 300 ms (API 3.9).
 *
 * @param maxIds ids per search: 5000 stay as text below the 90 KB that certainly works (API 2.11)
 */
export function rowSearches(
  needed: readonly RowsNeeded[],
  missing: Missing,
  maxIds: number,
): readonly RowSearch[] {
  const byType = new Map<string, { ids: Set<number>; fields: Set<string> }>();
  for (const { type, ids, fields } of needed) {
    const unknown = missing(type, ids, fields);
    if (unknown.length === 0) continue;
    const search = byType.get(type) ?? { ids: new Set(), fields: new Set() };
    byType.set(type, search);
    for (const id of unknown) search.ids.add(id);
    for (const field of fields) search.fields.add(field);
  }
  return [...byType].flatMap(([type, { ids, fields }]) =>
    chunksOf([...ids], maxIds).map((chunk) => ({ type, ids: chunk, fields })),
  );
}

const chunksOf = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );

/** The ids of a filter that matches only rows with these ids. */
export function idsNamedBy(filter: FilterGroup): readonly number[] | undefined {
  if (filter.logical_operator !== 'and') return undefined;
  for (const part of filter.conditions) {
    if (!isCondition(part) || part[0] !== 'id') continue;
    if (part[1] === 'in') return part[2] as readonly number[];
    if (part[1] === 'is' && typeof part[2] === 'number') return [part[2]];
  }
  return undefined;
}

const isCondition = (part: FilterCondition | FilterGroup): part is FilterCondition => Array.isArray(part);
