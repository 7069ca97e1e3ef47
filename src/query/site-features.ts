import { AppError } from '../base/errors.ts';
import type { ActingClient, CallOptions } from '../shotgun/shotgun.ts';
import { readPlaylistOrder } from './playlist-order.ts';
import type { SiteFeatures } from './ports.ts';

export interface FeatureOptions extends CallOptions {
  /** Most calls of one request that are made for single rows. */
  readonly maxCallsForRows: number;
}

/** What ShotGrid tells beside its rows, for one request as the client's person. */
export function createSiteFeatures(
  client: ActingClient,
  { maxCallsForRows, ...options }: FeatureOptions,
): SiteFeatures {
  let callsForRows = 0;
  /** A page of a thousand rows must not become a thousand calls. */
  const forRow = async <T>(read: () => Promise<T>): Promise<T> => {
    callsForRows += 1;
    if (callsForRows <= maxCallsForRows) return read();
    throw new AppError('PLAN_TOO_LARGE', {
      message: `This field costs a call for each row, and one request may make ${maxCallsForRows} of them. Ask for it of fewer rows at once.`,
      details: { limit: maxCallsForRows },
    });
  };
  return {
    summarize: (request) => client.summarize(request, options),
    textSearch: (request) => client.textSearch(request, options),
    noteThread: (noteId) => forRow(() => client.noteThread(noteId, options)),
    activity: (target, request) => client.activity(target, request, options),
    followers: (target) => client.followers(target, options),
    following: (personId) => client.following(personId, options),
    fieldInfo: (place) => client.fieldInfo(place, options),
    playlistOrder: (playlistId) => forRow(() => readPlaylistOrder(client, options, playlistId)),
  };
}
