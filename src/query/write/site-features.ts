import DataLoader from 'dataloader';
import { AppError } from '../../base/errors.ts';
import { summarizeRows } from '../../shotgun/calls/summarize.ts';
import { readNoteThread } from '../../shotgun/calls/threads.ts';
import type { CallOptions } from '../../shotgun/port/records.ts';
import type { FilterGroup } from '../../shotgun/port/requests.ts';
import type { ActingClient } from '../../shotgun/client/shotgun.ts';
import { NOTHING } from '../input/filters.ts';
import { readPlaylistOrders } from './playlist-order.ts';
import type { SiteFeatures, ThreadEntry } from '../ports/ports.ts';

/** No row has this id. */
const NO_ROW: FilterGroup = { logical_operator: 'and', conditions: [['id', 'is', -1]] };

/** Links of one filter: an `in` of more is unknown (API 3.9). */
const LINKS_PER_SEARCH = 1000;

export interface FeatureOptions extends CallOptions {
  /** Most calls of one request that are made for single rows. */
  readonly maxCallsForRows: number;
}

/** The calls that features are made of: made, or planned. */
export interface FeatureCalls extends Pick<SiteFeatures, 'call'> {
  /** For each playlist the ids of its versions. */
  playlistOrders(playlistIds: readonly number[]): Promise<readonly (readonly number[])[]>;
}

/** What ShotGrid tells beside its rows, for one request as the client's person. */
export const createSiteFeatures = (
  client: ActingClient,
  { maxCallsForRows, ...options }: FeatureOptions,
): SiteFeatures =>
  createFeaturesOf(
    {
      call: (reading) => client.call(reading, options),
      playlistOrders: (playlistIds) => readPlaylistOrders(client, options, playlistIds),
    },
    maxCallsForRows,
  );

/** @param maxCallsForRows most calls of one request that are made for single rows */
export function createFeaturesOf(calls: FeatureCalls, maxCallsForRows: number): SiteFeatures {
  // Both are kept until something is written, so that whoever knows the id early can have them begun early.
  const orders = new DataLoader<number, readonly number[]>(
    (playlistIds) => calls.playlistOrders(playlistIds),
    { maxBatchSize: LINKS_PER_SEARCH },
  );
  // The API tells the thread of one note at a time (API 9.4), and a page of a thousand rows must not become as many calls.
  let threadsRead = 0;
  const threads = new DataLoader<number, readonly ThreadEntry[]>((noteIds) => {
    // Counted before the first call: either all that are asked for together are read or none.
    if (threadsRead + noteIds.length > maxCallsForRows) {
      return Promise.resolve(noteIds.map(() => tooManyRows(maxCallsForRows)));
    }
    threadsRead += noteIds.length;
    return Promise.all(noteIds.map((id) => calls.call(readNoteThread(id)).catch(asError)));
  });
  return {
    call: (reading) => calls.call(reading),
    // What a sum of no rows is, is for ShotGrid to say.
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
