import { AppError } from '../../base/errors.ts';
import { ChangeLog } from '../calls/change-log.ts';
import type { PlannedCall } from '../plan/planned-call.ts';
import { SampleIds } from '../plan/sample-ids.ts';
import { Timeline } from '../plan/timeline.ts';
import { plannedFeatures } from './planned-features.ts';
import { PlannedRows, type State, stateIn } from './planned-reads.ts';
import { assertNamed, connectionSearch } from '../write/playlist-order.ts';
import type { PlanOptions } from '../plan/planning.ts';
import { Plans } from '../read/plans.ts';
import type { EntityWriter, RecordRef } from '../ports/ports.ts';
import { createReaderOf } from '../read/reader.ts';
import { createFeaturesOf } from '../write/site-features.ts';
import type { Work } from '../work.ts';
import type { ExposedSchema } from '../../site/expose.ts';

/** The work of one request that is planned and not done. */
export interface PlannedWork {
  readonly work: Work;
  /** Goes on by one call, after which whoever waited for it may ask for more. False where none is left. */
  goOn(): boolean;
  /** The calls so far. */
  calls(): readonly PlannedCall[];
}

export interface PlannedWorkOptions {
  readonly exposed: ExposedSchema;
  readonly plan: PlanOptions & { readonly maxSearches: number };
}

/**
 * Work in which every call is stated in place of being made. What it answers are rows that no one has read, in which every
 * link leads to a row that the person may see.
 */
export function planWork({ exposed, plan }: PlannedWorkOptions): PlannedWork {
  const timeline = new Timeline();
  const ids = new SampleIds();
  const parts = { plans: new Plans(exposed, plan), timeline, ids };
  const state = stateIn(timeline);
  const rows = new PlannedRows(parts);
  const reader = createReaderOf(rows, parts.plans, plan.maxSearches);
  const site = createFeaturesOf(plannedFeatures(parts, state), plan.maxSearches);
  const changes = new ChangeLog();
  const forget = (): void => {
    reader.forget();
    site.forget();
  };
  const work: Work = {
    ...{ reader, site, changes, forget },
    writer: plannedWriter(state, ids, (written) => {
      forget();
      for (const record of written) changes.note('done', record, null);
    }),
    files: { client: NO_FILES, options: {} },
    calls: () => [],
    spent: () => ({ siteCalls: 0, siteMs: 0, waitedMs: 0 }),
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

function plannedWriter(
  state: State,
  ids: SampleIds,
  onWritten: (written: readonly RecordRef[]) => void,
): EntityWriter {
  const write = async <T>(kind: string, type: string | null, record: RecordRef | null, result: T) => {
    await state({ kind, type }, null);
    onWritten(record === null ? [] : [record]);
    return result;
  };
  const made = (type: string): number => ids.of(`made ${type}`, type);
  return {
    create: (type) => write('create', type, { type, id: made(type) }, made(type)),
    update: (type, id) => write('update', type, { type, id }, undefined),
    delete: (type, id) => write('delete', type, { type, id }, undefined),
    revive: (type, id) => write('revive', type, { type, id }, true),
    batch: async (operations) => {
      const written = operations.map((operation) => ({
        type: operation.type,
        id: operation.kind === 'create' ? made(operation.type) : operation.id,
      }));
      await state({ kind: 'batch' }, null);
      onWritten(written);
      return written;
    },
    follow: (_personId, target) => write('follow', null, target, undefined),
    unfollow: (_personId, target) => write('unfollow', target.type, target, undefined),
    async orderPlaylist(playlistId, versionIds) {
      assertNamed(versionIds);
      await state({ kind: 'search', ...connectionSearch([playlistId]) }, null);
      await write('batch', null, { type: 'Playlist', id: playlistId }, undefined);
    },
  };
}

/** What an upload costs depends on the file, not on the query. */
export const notExplained = (): Promise<never> => Promise.reject(new NotExplained());

export class NotExplained extends AppError {
  constructor() {
    super('BAD_USER_INPUT', { message: 'uploads are not explained. docs/files.md says what they cost.' });
  }
}

const NO_FILES: Work['files']['client'] = {
  uploads: { begin: notExplained, nextPart: notExplained, complete: notExplained, abort: notExplained },
  search: notExplained,
  fieldInfo: notExplained,
};
