import { type EntitySelection, mergeSelections } from '../ports/selection.ts';
import type { ReadPlan, PlanOptions } from './planning.ts';
import type { FilterCondition, FilterGroup } from '../../shotgun/port/requests.ts';
import type { ExposedSchema } from '../../site/expose.ts';
import { inverseLink } from './inverse-links.ts';
import type { LinkStep } from './link-paths.ts';
import { pushDown } from './push-down.ts';

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
  const byType = new Map<string, Link[]>();
  for (const link of links) {
    const type = typeOf(link);
    const ofType = byType.get(type);
    if (ofType === undefined) byType.set(type, [link]);
    else ofType.push(link);
  }
  return [...byType].map(([type, ofType]) => {
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

/** The constraint on the parents before they are read: their ids, or their filter. */
export type KnownParents = { readonly ids: readonly number[] } | { readonly filter: FilterGroup };

/** A search that can run in parallel with the parents' search. */
export interface BesideRead {
  readonly type: string;
  readonly fields: ReadonlySet<string>;
  readonly filter: FilterGroup;
  /** The links from the plan's rows to these, in order. */
  readonly links: readonly LinkStep[];
}

/**
 * Searches that can fetch children in parallel with their parents, using the children's back-reference to the
 * parent (up to `besideLevels` deep). Filters may go through lists of links (API 3.4).
 */
export function besideReads(
  schema: ExposedSchema,
  plan: ReadPlan,
  parents: KnownParents,
  { beside, besideParents, besideLevels }: PlanOptions,
): readonly BesideRead[] {
  if (!beside) return [];
  if ('ids' in parents && (parents.ids.length === 0 || parents.ids.length > besideParents)) return [];
  return readsBelow(schema, plan, { parents, path: '', links: [], levels: besideLevels });
}

interface Place {
  readonly parents: KnownParents;
  /** Path from the rows of the plan to the parents: empty if they are the parents. */
  readonly path: string;
  /** The same path as links. */
  readonly links: readonly LinkStep[];
  /** Remaining levels: deeper searches read many rows for little. */
  readonly levels: number;
}

function readsBelow(schema: ExposedSchema, plan: ReadPlan, place: Place): BesideRead[] {
  const { parents, path } = place;
  const besides: BesideRead[] = [];
  for (const { type, links: linked, plan: inner } of plan.below.values()) {
    for (const { steps } of linked) {
      const levels = place.levels - steps.length;
      const toParents = levels < 0 ? null : pathBack(schema, plan.type.type, steps, path);
      if (toParents === null) continue;
      const filter = filterThrough(parents, toParents);
      if (filter === null) continue;
      const links = [...place.links, ...steps];
      besides.push({ type, fields: inner.fields, filter, links });
      besides.push(...readsBelow(schema, inner, { parents, path: toParents, links, levels }));
    }
  }
  return besides;
}

/** The path from the rows behind some links to the parents; null if one of the links has no known inverse. */
function pathBack(
  schema: ExposedSchema,
  type: string,
  steps: readonly LinkStep[],
  path: string,
): string | null {
  let [from, back] = [type, path];
  for (const { field, type: to } of steps) {
    const inverse = inverseLink(schema, from, field, to);
    if (inverse === undefined) return null;
    back = `${inverse}.${from}.${back}`;
    from = to;
  }
  return back;
}

const filterThrough = (parents: KnownParents, path: string): FilterGroup | null =>
  'ids' in parents
    ? { logical_operator: 'and', conditions: [[`${path}id`, 'in', parents.ids]] }
    : pushDown(parents.filter, path);

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
