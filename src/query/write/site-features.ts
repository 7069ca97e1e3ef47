import DataLoader from 'dataloader';
import { AppError } from '../../base/errors.ts';
import { summarizeRows } from '../../shotgun/calls/summarize.ts';
import { readNoteThread } from '../../shotgun/calls/threads.ts';
import type { CallOptions } from '../../shotgun/port/records.ts';
import { allOf } from '../../shotgun/port/requests.ts';
import type { ActingClient } from '../../shotgun/client/shotgun.ts';
import type { SiteFacts } from '../../site/facts/fact-table.ts';
import { NOTHING } from '../input/filters.ts';
import { maxLinksOf, maxRowsOf } from '../plan/site-limits.ts';
import { readPlaylistOrders } from './playlist-order.ts';
import type { SiteFeatures, ThreadEntry } from '../ports/ports.ts';

/** No row has this id. */
const NO_ROW = allOf(['id', 'is', -1]);

export interface FeatureOptions extends CallOptions {
  /** The most calls that one request may make for single rows. */
  readonly maxCallsForRows: number;
  readonly facts: SiteFacts;
}

/** The calls behind the features: executed, or planned. */
export interface FeatureCalls extends Pick<SiteFeatures, 'call'> {
  /** For each playlist the ids of its versions. */
  playlistOrders(playlistIds: readonly number[]): Promise<readonly (readonly number[])[]>;
}

/** ShotGrid's data besides its rows, for one request as the client's person. */
export const createSiteFeatures = (
  client: ActingClient,
  { maxCallsForRows, facts, ...options }: FeatureOptions,
): SiteFeatures =>
  createFeaturesOf(
    {
      call: (reading) => client.call(reading, options),
      playlistOrders: (playlistIds) =>
        readPlaylistOrders(client, { ...options, maxRows: maxRowsOf(facts) }, playlistIds),
    },
    { maxCallsForRows, facts },
  );

/** The features over these calls. */
export function createFeaturesOf(
  calls: FeatureCalls,
  { maxCallsForRows, facts }: Pick<FeatureOptions, 'maxCallsForRows' | 'facts'>,
): SiteFeatures {
  // Both are cached until a write, so that a caller with an early id can start the call early.
  const orders = new DataLoader<number, readonly number[]>(
    (playlistIds) => calls.playlistOrders(playlistIds),
    { maxBatchSize: maxLinksOf(facts) },
  );
  // The API returns the thread of one note per call (API 9.4), and a page of a thousand rows must not become a
  // thousand calls.
  let threadsRead = 0;
  const threads = new DataLoader<number, readonly ThreadEntry[]>((noteIds) => {
    // Counted before the first call: either all threads requested together are read or none.
    if (threadsRead + noteIds.length > maxCallsForRows) {
      return Promise.resolve(noteIds.map(() => tooManyRows(maxCallsForRows)));
    }
    threadsRead += noteIds.length;
    return Promise.all(noteIds.map((id) => calls.call(readNoteThread(id)).catch(asError)));
  });
  return {
    call: (reading) => calls.call(reading),
    // ShotGrid defines the sum of no rows.
    summarize: (request) =>
      calls.call(summarizeRows(request.filter === NOTHING ? { ...request, filter: NO_ROW } : request)),
    noteThread: (noteId) => threads.load(noteId),
    playlistOrder: (playlistId) => orders.load(playlistId),
    forget() {
      orders.clearAll();
      threads.clearAll();
    },
  };
}

const tooManyRows = (limit: number): AppError =>
  new AppError('PLAN_TOO_LARGE', {
    message: `This field costs a call for each row, and one request may make ${limit} of them. Ask for it of fewer rows at once.`,
    details: { limit },
  });

const asError = (error: unknown): Error =>
  error instanceof Error ? error : new Error('A call failed.', { cause: error });
