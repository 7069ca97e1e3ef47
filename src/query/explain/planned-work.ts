import { AppError } from '../../base/errors.ts';
import { ChangeLog } from '../calls/change-log.ts';
import type { PlannedCall } from '../plan/planned-call.ts';
import { SampleIds } from '../plan/sample-ids.ts';
import { Timeline } from '../plan/timeline.ts';
import { sampleSite } from './sample-site.ts';
import { PlannedRows, type State, stateIn } from './planned-reads.ts';
import { assertNamed, connectionSearch } from '../write/playlist-order.ts';
import type { PlanOptions } from '../plan/planning.ts';
import { Plans } from '../read/level-reader.ts';
import type { Changed, Operation, SampleSite } from '../../shotgun/client/operation.ts';
import type { EntityWriter } from '../ports/ports.ts';
import { createReaderOf } from '../read/reader.ts';
import { createFeaturesOf, type FeatureCalls } from '../write/site-features.ts';
import type { Work } from '../work.ts';
import type { ExposedSchema } from '../../site/expose.ts';

/** One request's work, planned and not executed. */
export interface PlannedWork {
  readonly work: Work;
  /** Ends one call, after which code that waited for it may request more. False if no call is left. */
  goOn(): boolean;
  /** The calls so far. */
  calls(): readonly PlannedCall[];
}

export interface PlannedWorkOptions {
  readonly exposed: ExposedSchema;
  readonly plan: PlanOptions & { readonly maxSearches: number };
}

/**
 * Work in which every call is planned and not made. It answers with sample rows, in which every link leads to a
 * row that the person may see.
 */
export function planWork({ exposed, plan }: PlannedWorkOptions): PlannedWork {
  const timeline = new Timeline();
  const ids = new SampleIds();
  const parts = { plans: new Plans(exposed, plan), timeline, ids };
  const state = stateIn(timeline);
  const rows = new PlannedRows(parts);
  const reader = createReaderOf(rows, parts.plans, plan.maxSearches);
  const call = plannedCall(state, sampleSite(parts));
  const features: FeatureCalls = {
    call,
    playlistOrders: (playlistIds) =>
      state(
        { kind: 'search', ...connectionSearch(playlistIds) },
        playlistIds.map((id) => [ids.linked({ type: 'Playlist', id }, 'versions', 'Version')]),
      ),
  };
  const site = createFeaturesOf(features, { maxCallsForRows: plan.maxSearches, facts: exposed.facts });
  const changes = new ChangeLog();
  const forget = (): void => {
    reader.forget();
    site.forget();
  };
  const work: Work = {
    ...{ reader, site, changes, forget },
    writer: plannedWriter(call, state, (written) => {
      forget();
      for (const { type, id } of written) changes.note('done', id === null ? null : { type, id }, null);
    }),
    files: { client: NO_FILES, options: {} },
    calls: () => [],
    spent: () => ({ siteCalls: 0, siteMs: 0, waitedMs: 0 }),
    ofSystem: async ({ system, kind }, run) => {
      await state({ kind: 'system', system, fields: [kind] }, null);
      return run();
    },
  };
  return {
    work,
    goOn: () => rows.flush() || timeline.endNext(),
    calls: () =>
      timeline.calls.map((call) => ({
        ...call,
        filter: call.filter === null ? null : ids.named(call.filter),
      })),
  };
}

/** One call of an operation, planned and answered with its own sample. */
const plannedCall =
  (state: State, site: SampleSite) =>
  async <T>({ kind, type, filter, sample }: Operation<T>): Promise<T> => {
    if (sample === null) throw new NotExplained();
    return state({ kind, type, ...(filter && { filter }) }, sample(site));
  };

function plannedWriter(
  call: ReturnType<typeof plannedCall>,
  state: State,
  onWritten: (written: readonly Changed['entity'][]) => void,
): EntityWriter {
  return {
    async call(change) {
      const answer = await call(change);
      onWritten(change.changes(answer).map(({ entity }) => entity));
      return answer;
    },
    async orderPlaylist(playlistId, versionIds) {
      assertNamed(versionIds);
      await state({ kind: 'search', ...connectionSearch([playlistId]) }, null);
      await state({ kind: 'batch' }, null);
      onWritten([{ type: 'Playlist', id: playlistId }]);
    },
  };
}

/** An upload's cost depends on the file, not on the query. */
export const notExplained = (): Promise<never> => Promise.reject(new NotExplained());

export class NotExplained extends AppError {
  constructor() {
    super('BAD_USER_INPUT', { message: 'uploads are not explained. docs/files.md says what they cost.' });
  }
}

const NO_FILES: Work['files']['client'] = { call: notExplained };
