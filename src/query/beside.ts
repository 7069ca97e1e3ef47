import type { FilterCondition, FilterGroup } from '../shotgun/shotgun.ts';
import type { ExposedSchema } from '../site/expose.ts';
import { inverseLink } from './inverse-links.ts';
import type { ReadPlan } from './planning.ts';

/** What is known of the parents before they are read: the condition that they meet. */
export interface KnownParents {
  readonly condition: FilterCondition;
  readonly count: number;
}

/** A search that can be made beside that of the parents. */
export interface BesideRead {
  readonly type: string;
  readonly fields: ReadonlySet<string>;
  readonly filter: FilterGroup;
}

/** Parents of which more are named than this have too many children for one search. */
const MAX_PARENTS = 500;
/** Children and grandchildren: further down it is many rows for little. */
const MAX_LEVELS = 2;

export const idCondition = (ids: readonly number[]): FilterCondition => ['id', 'in', ids];

/**
 * The searches for what the parents link to, found by the links that lead back to them, to some depth: the condition on
 * the parents, said through the path to them. Filters may go through lists of links (API 3.4).
 */
export function besideReads(
  schema: ExposedSchema,
  plan: ReadPlan,
  { condition, count }: KnownParents,
): readonly BesideRead[] {
  if (count === 0 || count > MAX_PARENTS) return [];
  return readsBelow(schema, plan, condition, 1);
}

function readsBelow(
  schema: ExposedSchema,
  plan: ReadPlan,
  [path, relation, value]: FilterCondition,
  level: number,
): BesideRead[] {
  if (level > MAX_LEVELS) return [];
  return plan.later.flatMap(({ field, type, plan: inner }): BesideRead[] => {
    const inverse = inverseLink(schema, plan.type.type, field, type);
    if (inverse === undefined) return [];
    const condition: FilterCondition = [`${inverse}.${plan.type.type}.${path}`, relation, value];
    const read = {
      type,
      fields: inner.fields,
      filter: { logical_operator: 'and', conditions: [condition] },
    } as const;
    return [read, ...readsBelow(schema, inner, condition, level + 1)];
  });
}

/** The ids that a filter names, where it finds no other rows. */
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
