import type { CallOptions } from '../../shotgun/port/records.ts';
import type { ActingClient } from '../../shotgun/client/shotgun.ts';
import type { EntityWriter } from '../ports/ports.ts';
import { orderPlaylist } from './playlist-order.ts';

/** Writes of one request as the client's person. */
export const createWriter = (client: ActingClient, options: CallOptions): EntityWriter => ({
  call: (change) => client.call(change, options),
  orderPlaylist: (playlistId, versionIds) => orderPlaylist(client, options, playlistId, versionIds),
});
