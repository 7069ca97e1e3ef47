import { allOf, type FilterGroup } from '../../shotgun/port/requests.ts';
import type { ExposedSchema } from '../../site/expose.ts';
import { maxIdsOf } from './site-limits.ts';
import { besideReads, type KnownParents } from './beside-reads.ts';
import { levelReads, rowSearches } from './searches.ts';
import type { PlanOf, PlanOptions, ReadPlan } from './planning.ts';
import type { LinkStep } from './link-paths.ts';
import type { RecordRef } from '../../shotgun/port/records.ts';
import type { EntitySelection } from '../ports/selection.ts';
import type { PlannedCall } from './planned-call.ts';
import { RowsKnown } from './rows-known.ts';
import type { SampleIds } from './sample-ids.ts';
import type { Timeline } from './timeline.ts';

type Calls = readonly PlannedCall[];

/** Searches in parallel with the parent rows, by entity type. */
type Beside = ReadonlyMap<string, Calls>;

export interface RowsByIds {
  readonly type: string;
  readonly ids: readonly number[];
  readonly selection: EntitySelection;
}

export interface RowsOfPage {
  readonly plan: ReadPlan;
  readonly filter: FilterGroup;
  /** The constraint on the rows before they are read. */
  readonly known: KnownParents;
  /** Fields of the search: those of the plan, and those that locate the rows. */
  readonly fields: readonly string[];
  readonly ids: readonly number[];
  /** The page's parallel searches. */
  readonly searches: number;
  /** False for rows that appear nowhere else, such as retired ones. */
  readonly isKept: boolean;
}

/** Rows to read by id, together with others that are requested at the same time. */
interface Wish {
  readonly type: string;
  readonly ids: readonly number[];
  readonly fields: ReadonlySet<string>;
  readonly after: Calls;
  readonly go: (searches: Calls) => void;
}

interface RowPlannerDeps {
  readonly schema: ExposedSchema;
  readonly options: PlanOptions;
  readonly planOf: PlanOf;
  readonly timeline: Timeline;
  readonly ids: SampleIds;
}

interface Level {
  readonly plan: ReadPlan;
  readonly ids: readonly number[];
  readonly beside: Beside;
  /** The calls that returned the rows. */
  readonly after: Calls;
}

const NOTHING_BESIDE: Beside = new Map();

/**
 * Plans the searches for rows and everything selected below them, assuming that every link leads to a row that the
 * person may see. Works level by level like the reader, with the same shortcuts.
 */
export class RowPlanner {
  readonly #deps: RowPlannerDeps;
  #known = new RowsKnown();
  #wishes: Wish[] = [];

  constructor(deps: RowPlannerDeps) {
    this.#deps = deps;
  }

  /** @param done called when the last of the searches has ended */
  rows(read: RowsByIds, done: () => void): void {
    this.#byId(read, NOTHING_BESIDE, this.#deps.timeline.now, done);
  }

  /** @param done called when the last of the searches has ended */
  page(page: RowsOfPage, done: () => void): void {
    const { timeline } = this.#deps;
    const { plan, filter, fields, ids } = page;
    const { type } = plan.type;
    const beside = this.#beside({ plan, parents: page.known, ids, after: timeline.now }, NOTHING_BESIDE);
    const known = this.#known;
    const searches = Array.from({ length: page.searches }, () =>
      timeline.begin({ kind: 'search', type, fields, filter }),
    );
    timeline.when(searches, () => {
      if (page.isKept) known.add(type, ids, plan.fields);
      this.#below({ plan, ids, beside, after: searches }, () => done());
    });
  }

  /** Starts the searches by ids requested since, one for each type. False if there are none. */
  flush(): boolean {
    const wishes = this.#wishes;
    this.#wishes = [];
    const { timeline, schema } = this.#deps;
    const known = this.#known;
    const needed = rowSearches(
      wishes,
      (type, ids, fields) => known.missing(type, [...ids], fields),
      maxIdsOf(schema.facts),
    );
    const lacks = ({ type, ids, fields }: Wish): boolean => known.missing(type, ids, fields).length > 0;
    const searches = needed.map(({ type, ids, fields }) => {
      const filter = allOf(['id', 'in', ids]);
      const waiting = wishes.filter((wish) => wish.type === type && lacks(wish));
      const after = waiting.flatMap((wish) => wish.after);
      const call = timeline.begin({ kind: 'search', type, fields: [...fields].sort(), filter }, after);
      timeline.when([call], () => known.add(type, ids, fields));
      return call;
    });
    // Known rows also wait for the others of their batch, because DataLoader returns them together.
    for (const { go } of wishes) timeline.when(searches, () => go(searches));
    return wishes.length > 0;
  }

  /** Everything is read again from here on. */
  forget(): void {
    this.#known = new RowsKnown();
  }

  #byId(
    { type, ids, selection }: RowsByIds,
    above: Beside,
    after: Calls,
    done: (after: Calls) => void,
  ): void {
    const { timeline, planOf } = this.#deps;
    const waited = [...after, ...(above.get(type) ?? [])];
    timeline.when(waited, () => {
      const plan = planOf(type, selection);
      const missing = this.#known.missing(type, ids, plan.fields);
      const parents = { ids: missing };
      const beside = this.#beside({ plan, parents, ids: missing, after: waited }, above);
      const go = (searches: Calls): void =>
        this.#below({ plan, ids, beside, after: searches.length > 0 ? searches : waited }, done);
      if (ids.length === 0) go([]);
      else this.#wishes.push({ type, ids, fields: plan.fields, after: waited, go });
    });
  }

  /** Starts the prefetches for the rows' links, in the wave of the rows and not after it. */
  #beside(
    { plan, parents, ids, after }: Omit<Level, 'beside'> & { readonly parents: KnownParents },
    above: Beside,
  ): Beside {
    const { schema, options, timeline } = this.#deps;
    const beside = new Map(above);
    const known = this.#known;
    for (const { type, fields, filter, links } of besideReads(schema, plan, parents, options)) {
      const call = timeline.begin({ kind: 'search', type, fields: [...fields], filter }, after);
      const found = this.#behind(
        ids.map((id) => ({ type: plan.type.type, id })),
        links,
      ).map(({ id }) => id);
      timeline.when([call], () => known.add(type, found, fields));
      beside.set(type, [...(beside.get(type) ?? []), call]);
    }
    return beside;
  }

  /** The reads below rows: one for each linked type. */
  #below({ plan, ids, beside, after }: Level, done: (after: Calls) => void): void {
    const reads = this.#readsBelow(plan, ids);
    let left = reads.length;
    const waited: PlannedCall[] = [...after];
    if (left === 0) return done(waited);
    for (const read of reads) {
      this.#byId(read, beside, after, (calls) => {
        waited.push(...calls);
        left -= 1;
        if (left === 0) done(waited);
      });
    }
  }

  /** The rows behind a chain of links; none behind a link that never holds the type. */
  #behind(rows: readonly RecordRef[], steps: readonly LinkStep[]): readonly RecordRef[] {
    const { schema, ids } = this.#deps;
    let found = rows;
    for (const { field, type } of steps) {
      found = found.flatMap((row) => {
        const types = schema.types.get(row.type)?.fields.get(field)?.validTypes ?? [];
        if (types.length > 0 && !types.includes(type)) return [];
        return [{ type, id: ids.linked(row, field, type) }];
      });
    }
    return found;
  }

  #readsBelow(plan: ReadPlan, ids: readonly number[]): readonly RowsByIds[] {
    const { type: owner, below } = plan;
    const links = [...below.values()].flatMap(({ type, links: linked }) =>
      linked.flatMap(({ steps, selection }) =>
        this.#behind(
          ids.map((id) => ({ type: owner.type, id })),
          steps,
        ).map(({ id }) => ({ type, selection, id })),
      ),
    );
    return levelReads(plan, links, ({ type }) => type).map(({ type, selection, links: of }) => ({
      ...{ type, selection },
      ids: of.map(({ id }) => id),
    }));
  }
}
