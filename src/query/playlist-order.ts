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

/** Ids of the versions, those without a place last. */
export async function readPlaylistOrder(
  client: ActingClient,
  options: CallOptions,
  playlistId: number,
): Promise<readonly number[]> {
  return (await connectionsOf(client, options, playlistId)).map(versionIdOf);
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
  const connections = await connectionsOf(client, options, playlistId);
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
  playlistId: number,
): Promise<readonly Row[]> {
  const playlist = { type: 'Playlist', id: playlistId };
  const rows = await client.search(
    {
      type: CONNECTION,
      filter: { logical_operator: 'and', conditions: [['playlist', 'is', playlist]] },
      fields: ['version', 'sg_sort_order'],
      sort: 'sg_sort_order,id',
      pageSize: MAX_CONNECTIONS,
    },
    options,
  );
  return rows.filter((row) => versionOf(row) !== null);
}

const versionOf = (row: Row): EntityLink | null => (row.fields['version'] ?? null) as EntityLink | null;
const versionIdOf = (row: Row): number => versionOf(row)?.id ?? 0;
