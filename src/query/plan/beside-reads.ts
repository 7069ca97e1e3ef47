import { allOf, type FilterGroup } from '../../shotgun/port/requests.ts';
import type { ExposedSchema } from '../../site/expose.ts';
import type { SortKey } from '../ports/ports.ts';
import { inverseLink } from './inverse-links.ts';
import type { LinkStep } from './link-paths.ts';
import type { PlanOptions, ReadPlan } from './planning.ts';
import { isNarrow, pushDown } from './push-down.ts';

/** The constraint on the parents before they are read: their ids, or their filter. */
export type KnownParents = { readonly ids: readonly number[] } | ParentPage;

/** A page of parents that only their filter describes. */
export interface ParentPage {
  readonly filter: FilterGroup;
  /** Their order; null if the page starts at a place that no condition describes. */
  readonly sort: readonly SortKey[] | null;
  readonly first: number;
}

/** A search that can run in parallel with the parents' search. */
export interface BesideRead {
  readonly type: string;
  readonly fields: ReadonlySet<string>;
  readonly filter: FilterGroup;
  /** So that the rows of the first parents come first; undefined if no path can say it. */
  readonly sort: string | undefined;
  readonly maxRows: number;
  /** The links from the plan's rows to these, in order. */
  readonly links: readonly LinkStep[];
  /** The same bet of other requests for the plan. */
  readonly key: string;
}

/** A page of children has room for so many of each parent, so that the pages of a large project stay small. */
const ROWS_PER_PARENT = 25;

/**
 * Searches that can fetch children in parallel with their parents, using the children's back-reference to the
 * parent (up to `besideLevels` deep). Filters may go through lists of links (API 3.4), an order may not.
 */
export function besideReads(
  schema: ExposedSchema,
  plan: ReadPlan,
  parents: KnownParents,
  options: PlanOptions,
): readonly BesideRead[] {
  const { beside, besideParents, besideLevels: levels } = options;
  if (!beside) return [];
  if ('ids' in parents && (parents.ids.length === 0 || parents.ids.length > besideParents)) return [];
  const place = { back: { path: '', isSorted: true }, links: [], levels };
  return readsBelow({ schema, parents, maxRows: options.besideRows }, plan, place);
}

interface Asked {
  readonly schema: ExposedSchema;
  readonly parents: KnownParents;
  readonly maxRows: number;
}

/** A way from rows back to the parents. */
interface WayBack {
  /** Empty if they are the parents. */
  readonly path: string;
  /** False if an order by this path has no effect: it goes through a list of links. */
  readonly isSorted: boolean;
}

interface Place {
  readonly back: WayBack;
  /** The same way as links from the parents. */
  readonly links: readonly LinkStep[];
  /** Remaining levels: deeper searches read many rows for little. */
  readonly levels: number;
}

function readsBelow(asked: Asked, plan: ReadPlan, place: Place): BesideRead[] {
  const besides: BesideRead[] = [];
  for (const { type, links: linked, plan: inner } of plan.below.values()) {
    for (const { steps } of linked) {
      const levels = place.levels - steps.length;
      const back = levels < 0 ? null : wayBack(asked.schema, plan.type.type, steps, place.back);
      if (back === null) continue;
      const links = [...place.links, ...steps];
      const search = searchFor(asked, back, links);
      if (search === null) continue;
      besides.push({ type, fields: inner.fields, links, ...search });
      besides.push(...readsBelow(asked, inner, { back, links, levels }));
    }
  }
  return besides;
}

/** The way from the rows behind some links; null if one of the links has no known inverse. */
function wayBack(
  schema: ExposedSchema,
  type: string,
  steps: readonly LinkStep[],
  { path, isSorted }: WayBack,
): WayBack | null {
  let from = type;
  let back: WayBack = { path, isSorted };
  for (const { field, type: to } of steps) {
    const inverse = inverseLink(schema, from, field, to);
    if (inverse === undefined) return null;
    const isSingle = schema.types.get(to)?.fields.get(inverse)?.dataType === 'entity';
    back = { path: `${inverse}.${from}.${back.path}`, isSorted: back.isSorted && isSingle };
    from = to;
  }
  return back;
}

type Search = Pick<BesideRead, 'filter' | 'sort' | 'maxRows' | 'key'>;

function searchFor(
  { parents, maxRows }: Asked,
  { path, isSorted }: WayBack,
  links: readonly LinkStep[],
): Search | null {
  if ('ids' in parents) {
    const filter = allOf([`${path}id`, 'in', parents.ids]);
    return { filter, sort: undefined, maxRows, key: `ids ${path}` };
  }
  const { filter: given, sort: order, first } = parents;
  const filter = pushDown(given, path);
  if (filter === null) return null;
  const sort = isSorted && order !== null ? orderThrough(order, path) : undefined;
  // Parents of one shot or of a few days have few children.
  if (isNarrow(given)) return { filter, sort, maxRows, key: `few ${path}` };
  // The rows of all pages together may be many: one page of them, in the order of the parents, and the rest is read
  // after the parents. In another order it would bring the wrong ones.
  if (sort === undefined) return null;
  const most = first * ROWS_PER_PARENT ** links.length;
  return { filter, sort, maxRows: Math.min(maxRows, most), key: `page ${path}` };
}

/** The order of the parents, for rows that link to them. */
function orderThrough(order: readonly SortKey[], path: string): string {
  const keys = order.map(({ field, direction }) => `${direction === 'desc' ? '-' : ''}${path}${field}`);
  if (!order.some(({ field }) => field === 'id')) keys.push(`${path}id`);
  return keys.join(',');
}
