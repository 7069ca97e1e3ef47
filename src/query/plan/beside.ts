import type { FilterCondition, FilterGroup } from '../../shotgun/port/requests.ts';
import type { ExposedSchema } from '../../site/expose.ts';
import { inverseLink } from './inverse-links.ts';
import type { PlanOptions, ReadPlan } from './planning.ts';
import { pushDown } from './push-down.ts';

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

export interface LinkStep {
  readonly field: string;
  readonly type: string;
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
  const { parents, path, levels } = place;
  if (levels === 0) return [];
  const besides: BesideRead[] = [];
  for (const [field, type, inner] of linksOf(plan)) {
    const inverse = inverseLink(schema, plan.type.type, field, type);
    if (inverse === undefined) continue;
    const toParents = `${inverse}.${plan.type.type}.${path}`;
    const filter = filterThrough(parents, toParents);
    if (filter === null) continue;
    const links = [...place.links, { field, type }];
    const below = { parents, path: toParents, links, levels: levels - 1 };
    besides.push({ type, fields: inner.fields, filter, links }, ...readsBelow(schema, inner, below));
  }
  return besides;
}

const linksOf = ({ below }: ReadPlan): readonly (readonly [field: string, type: string, plan: ReadPlan])[] =>
  [...below.values()].flatMap(({ type, links, plan }) =>
    [...links.keys()].map((field) => [field, type, plan] as const),
  );

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
