import DataLoader from 'dataloader';
import { AppError } from '../../base/errors.ts';
import type { ActingClient, FilterGroup } from '../../shotgun/port/shotgun.ts';
import type { CallOptions } from '../../shotgun/port/records.ts';
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
export interface FeatureCalls extends Omit<SiteFeatures, 'playlistOrder' | 'forget'> {
  /** For each playlist the ids of its versions. */
  playlistOrders(playlistIds: readonly number[]): Promise<readonly (readonly number[])[]>;
}

/** What ShotGrid tells beside its rows, for one request as the client's person. */
export function createSiteFeatures(
  client: ActingClient,
  { maxCallsForRows, ...options }: FeatureOptions,
): SiteFeatures {
  const calls: FeatureCalls = {
    summarize: (request) => client.summarize(request, options),
    textSearch: (request) => client.textSearch(request, options),
    noteThread: (noteId) => client.noteThread(noteId, options),
    activity: (target, request) => client.activity(target, request, options),
    followers: (target) => client.followers(target, options),
    following: (personId) => client.following(personId, options),
    fieldInfo: (place) => client.fieldInfo(place, options),
    playlistOrders: (playlistIds) => readPlaylistOrders(client, options, playlistIds),
  };
  return createFeaturesOf(calls, maxCallsForRows);
}

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
    return Promise.all(noteIds.map((id) => calls.noteThread(id).catch(asError)));
  });
  return {
    ...calls,
    // What a sum of no rows is, is for ShotGrid to say.
    summarize: (request) =>
      calls.summarize(request.filter === NOTHING ? { ...request, filter: NO_ROW } : request),
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
