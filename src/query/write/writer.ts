import type { ActingClient } from '../../shotgun/port/shotgun.ts';
import type { CallOptions } from '../../shotgun/port/records.ts';
import { orderPlaylist } from '../write/playlist-order.ts';
import type { EntityWriter } from '../ports/ports.ts';

/** Writes of one request as the client's person. */
export function createWriter(client: ActingClient, options: CallOptions): EntityWriter {
  return {
    create: async (type, values) => (await client.create(type, values, options)).id,
    update: (type, id, values) => client.update(type, id, values, options),
    delete: (type, id) => client.delete(type, id, options),
    revive: (type, id) => client.revive(type, id, options),
    batch: (operations) => client.batch(operations, options),
    follow: (personId, target) => client.follow(personId, [target], options),
    unfollow: (personId, target) => client.unfollow(personId, target, options),
    orderPlaylist: (playlistId, versionIds) => orderPlaylist(client, options, playlistId, versionIds),
  };
}
