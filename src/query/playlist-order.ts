import { AppError } from '../base/errors.ts';
import type { ActingClient, CallOptions, EntityLink, Row } from '../shotgun/shotgun.ts';

/**
 * The order of a playlist is kept in the rows that join it with its versions: `Playlist.versions` itself reads sorted
 * by code (API 8, Playlist).
 */
const CONNECTION = 'PlaylistVersionConnection';
const MAX_CONNECTIONS = 5000;
/** A batch of 500 takes longer than a call may (API 2.11). */
const MAX_CHANGES = 400;

/** Ids of the versions of each playlist, those without a place last: one search for all playlists together. */
export async function readPlaylistOrders(
  client: ActingClient,
  options: CallOptions,
  playlistIds: readonly number[],
): Promise<readonly (readonly number[])[]> {
  const connections = await connectionsOf(client, options, playlistIds);
  const orders = new Map<number, number[]>();
  for (const row of connections) {
    const playlistId = linkOf(row, 'playlist')?.id ?? 0;
    const order = orders.get(playlistId);
    if (order === undefined) orders.set(playlistId, [versionIdOf(row)]);
    else order.push(versionIdOf(row));
  }
  return playlistIds.map((id) => orders.get(id) ?? []);
}

/**
 * One search and one batch: places 1, 2, 3... for the versions named, then for the others as they stood. Those that
 * never had a place stay without one, which is last.
 *
 * @throws AppError BAD_USER_INPUT where a version is named twice or is not in the playlist, or too many would move
 */
export async function orderPlaylist(
  client: ActingClient,
  options: CallOptions,
  playlistId: number,
  versionIds: readonly number[],
): Promise<void> {
  if (versionIds.length === 0) {
    const details = { path: 'versionIds', value: versionIds };
    throw new AppError('BAD_USER_INPUT', { message: 'Name the versions that shall come first.', details });
  }
  const connections = await connectionsOf(client, options, [playlistId]);
  const byVersion = new Map(connections.map((row) => [versionIdOf(row), row]));
  const strangers = versionIds.filter((id) => !byVersion.has(id));
  if (strangers.length > 0 || new Set(versionIds).size !== versionIds.length) {
    throw new AppError('BAD_USER_INPUT', {
      message: 'Name each version of the playlist at most once, and no other.',
      details: { path: 'versionIds', value: strangers },
    });
  }
  const named = new Set(versionIds);
  const others = connections
    .filter((row) => !named.has(versionIdOf(row)) && row.fields['sg_sort_order'] !== null)
    .map(versionIdOf);
  const changes = [...versionIds, ...others].flatMap((id, index) => {
    const row = byVersion.get(id);
    const place = index + 1;
    if (row === undefined || row.fields['sg_sort_order'] === place) return [];
    return [{ kind: 'update', type: CONNECTION, id: row.id, values: { sg_sort_order: place } } as const];
  });
  if (changes.length > MAX_CHANGES) {
    throw new AppError('BAD_USER_INPUT', {
      message: `${changes.length} versions would get another place, and at most ${MAX_CHANGES} can at once. Make a playlist of those that are to be seen first.`,
      details: { path: 'versionIds', value: changes.length },
    });
  }
  if (changes.length > 0) await client.batch(changes, options);
}

async function connectionsOf(
  client: ActingClient,
  options: CallOptions,
  playlistIds: readonly number[],
): Promise<readonly Row[]> {
  const playlists = playlistIds.map((id) => ({ type: 'Playlist', id }));
  const found: Row[] = [];
  for (let pageNumber = 1; ; pageNumber += 1) {
    const rows = await client.search(
      {
        type: CONNECTION,
        filter: { logical_operator: 'and', conditions: [['playlist', 'in', playlists]] },
        fields: ['playlist', 'version', 'sg_sort_order'],
        sort: 'sg_sort_order,id',
        pageSize: MAX_CONNECTIONS,
        pageNumber,
      },
      options,
    );
    found.push(...rows.filter((row) => linkOf(row, 'version') !== null));
    if (rows.length < MAX_CONNECTIONS) return found;
  }
}

const linkOf = (row: Row, field: 'playlist' | 'version'): EntityLink | null =>
  (row.fields[field] ?? null) as EntityLink | null;
const versionIdOf = (row: Row): number => linkOf(row, 'version')?.id ?? 0;
