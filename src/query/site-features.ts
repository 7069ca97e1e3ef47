import type { ActingClient, CallOptions } from '../shotgun/shotgun.ts';
import { readPlaylistOrder } from './playlist-order.ts';
import type { SiteFeatures } from './ports.ts';

/** What ShotGrid tells beside its rows, for one request as the client's person. */
export function createSiteFeatures(client: ActingClient, options: CallOptions): SiteFeatures {
  return {
    summarize: (request) => client.summarize(request, options),
    textSearch: (request) => client.textSearch(request, options),
    noteThread: (noteId) => client.noteThread(noteId, options),
    activity: (target, request) => client.activity(target, request, options),
    followers: (target) => client.followers(target, options),
    following: (personId) => client.following(personId, options),
    fieldInfo: (place) => client.fieldInfo(place, options),
    playlistOrder: (playlistId) => readPlaylistOrder(client, options, playlistId),
  };
}
