import { NOTHING } from '../input/filters.ts';
import { type PagePlan, planPage, pagesHolding } from '../read/page-reader.ts';
import type { CallDraft } from '../plan/planned-call.ts';
import { maxRowsOf } from '../plan/site-limits.ts';
import { RowPlanner } from '../plan/row-planner.ts';
import type { SampleIds } from '../plan/sample-ids.ts';
import type { Timeline } from '../plan/timeline.ts';
import type { Plans } from '../read/level-reader.ts';
import { EMPTY_PAGE, type Page, type PageRequest } from '../ports/ports.ts';
import type { RowSource } from '../read/reader.ts';
import { SampleNodes } from './sample-nodes.ts';

export interface PlannedParts {
  readonly plans: Plans;
  readonly timeline: Timeline;
  readonly ids: SampleIds;
}

/** Plans a call, and returns this answer at the time when the call would end. */
export type State = <T>(call: CallDraft, answer: T) => Promise<T>;

export const stateIn =
  (timeline: Timeline): State =>
  (call, answer) =>
    new Promise((resolve) => timeline.when([timeline.begin(call)], () => resolve(answer)));

/** Rows of a plan: the searches that they need are added to its timeline. */
export class PlannedRows implements RowSource {
  readonly #parts: PlannedParts;
  readonly #planner: RowPlanner;
  readonly #nodes: SampleNodes;
  readonly #state: State;
  #pages = 0;

  constructor(parts: PlannedParts) {
    const { plans, timeline, ids } = parts;
    const { schema, options } = plans;
    this.#parts = parts;
    this.#nodes = new SampleNodes(schema, ids);
    this.#state = stateIn(timeline);
    const planOf: Plans['plan'] = (type, selection) => plans.plan(type, selection);
    this.#planner = new RowPlanner({ schema, options, planOf, timeline, ids });
  }

  byId({ type, ids, selection }: Parameters<RowSource['byId']>[0]): ReturnType<RowSource['byId']> {
    const nodes = ids.map((id, index) => [id, this.#nodes.node(type, id, selection, index)] as const);
    return new Promise((resolve) =>
      this.#planner.rows({ type, ids: [...new Set(ids)], selection }, () => resolve(new Map(nodes))),
    );
  }

  page(request: PageRequest): Promise<Page> {
    const { type, filter, selection, isPlaced } = request;
    if (filter === NOTHING) return Promise.resolve(EMPTY_PAGE);
    const planned = planPage(request, this.#parts.plans.plan(type, selection));
    const ids = this.#idsOf(request, planned.known);
    const nodes = ids.map((id, index) => this.#nodes.node(type, id, selection, index));
    const page = { nodes, places: isPlaced ? ids.map(placeOf) : [], hasNextPage: false };
    const { offset, count } = planned.window;
    const search = {
      ...planned,
      ids,
      searches: pagesHolding(offset, count, maxRowsOf(this.#parts.plans.schema.facts)).length,
    };
    return new Promise((resolve) => this.#planner.page(search, () => resolve(page)));
  }

  count({ type, filter }: Parameters<RowSource['count']>[0]): Promise<number> {
    return filter === NOTHING ? Promise.resolve(0) : this.#state({ kind: 'summarize', type, filter }, 1);
  }

  forget(): void {
    this.#planner.forget();
  }

  /** Plans the searches for rows requested since. False if there are none. */
  flush(): boolean {
    return this.#planner.flush();
  }

  #idsOf({ type, selection, first }: PageRequest, known: PagePlan['known']): readonly number[] {
    if ('ids' in known && known.ids.length > 0) return known.ids.slice(0, first);
    this.#pages += 1;
    const count = Math.min(first, this.#nodes.variantsOf(type, selection));
    return Array.from({ length: count }, (_, index) =>
      this.#parts.ids.of(`page ${this.#pages} ${index}`, type),
    );
  }
}

const placeOf = (id: number, position: number) => ({ position, id, keys: null, mark: '' });
