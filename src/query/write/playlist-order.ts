import { grouped } from '../../base/bare.ts';
import { AppError } from '../../base/errors.ts';
import type { CallOptions, EntityLink, Row } from '../../shotgun/port/records.ts';
import type { ActingClient } from '../../shotgun/client/shotgun.ts';
import { allOf, type SearchRequest } from '../../shotgun/port/requests.ts';
import { writeBatch } from '../../shotgun/calls/batch.ts';
import { searchRows } from '../../shotgun/calls/search.ts';

/**
 * The order of a playlist is in the rows that join it with its versions: `Playlist.versions` itself is sorted by
 * code (API 8, Playlist).
 */
const CONNECTION = 'PlaylistVersionConnection';
/** A batch of 500 exceeds the time limit of a call (API 2.11). */
const MAX_CHANGES = 400;

/** Options of these calls. */
export interface PlaylistOptions extends CallOptions {
  /** The most rows of one page of the site. */
  readonly maxRows: number;
}

/** Ids of the versions of each playlist, those without a place last: one search for all playlists together. */
export async function readPlaylistOrders(
  client: ActingClient,
  options: PlaylistOptions,
  playlistIds: readonly number[],
): Promise<readonly (readonly number[])[]> {
  const connections = await connectionsOf(client, options, playlistIds);
  const ofPlaylists = grouped(connections, (row) => linkOf(row, 'playlist')?.id);
  return playlistIds.map((id) => (ofPlaylists.get(id) ?? []).map(versionIdOf));
}

/**
 * One search and one batch: places 1, 2, 3... for the named versions, then for the others in their old order.
 * Versions that never had a place stay without one, which is last.
 *
 * The batch sets the place of every version, also of unmoved ones: if two people order one playlist at once, the
 * later batch is exactly its person's order, even if the other wrote between search and batch.
 *
 * @throws AppError BAD_USER_INPUT if a version is named twice or is not in the playlist, or too many would move
 */
export async function orderPlaylist(
  client: ActingClient,
  options: PlaylistOptions,
  playlistId: number,
  versionIds: readonly number[],
): Promise<void> {
  assertNamed(versionIds);
  const connections = await connectionsOf(client, options, [playlistId]);
  const places = placesOf(connections, versionIds);
  const moved = places.filter(({ before, place }) => before !== place);
  if (moved.length === 0) return;
  if (moved.length > MAX_CHANGES) {
    throw new AppError('BAD_USER_INPUT', {
      message: `${moved.length} versions would get another place, and at most ${MAX_CHANGES} can at once. Make a playlist of those that are to be seen first.`,
      details: { path: 'versionIds', value: moved.length },
    });
  }
  const isWhole = places.length <= MAX_CHANGES;
  await client.call(writeBatch((isWhole ? places : moved).map(toUpdate)), options);
  // A list too long for one batch is read once more, to report concurrent moves by another person.
  if (!isWhole) assertInPlace(await connectionsOf(client, options, [playlistId]), places);
}

/** @throws AppError BAD_USER_INPUT if no version is named */
export function assertNamed(versionIds: readonly number[]): void {
  if (versionIds.length === 0) {
    const details = { path: 'versionIds', value: versionIds };
    throw new AppError('BAD_USER_INPUT', { message: 'Name the versions that shall come first.', details });
  }
  const named = new Set<number>();
  for (const id of versionIds) {
    if (id < 1 || named.has(id)) throw notOnce([id]);
    named.add(id);
  }
}

interface Placed {
  readonly id: number;
  readonly before: number | null;
  readonly place: number | null;
}

const notOnce = (value: readonly number[]): AppError =>
  new AppError('BAD_USER_INPUT', {
    message: 'Name each version of the playlist at most once, and no other.',
    details: { path: 'versionIds', value },
  });

/** @throws AppError BAD_USER_INPUT if a version is not in the playlist */
function placesOf(connections: readonly Row[], versionIds: readonly number[]): readonly Placed[] {
  const known = new Set(connections.map(versionIdOf));
  const strangers = versionIds.filter((id) => !known.has(id));
  const named = new Set(versionIds);
  if (strangers.length > 0) throw notOnce(strangers);
  const others = connections
    .filter((row) => !named.has(versionIdOf(row)) && placeOf(row) !== null)
    .map(versionIdOf);
  const order = new Map([...versionIds, ...others].map((id, index) => [id, index + 1]));
  return connections.map((row) => ({
    id: row.id,
    before: placeOf(row),
    place: order.get(versionIdOf(row)) ?? null,
  }));
}

const toUpdate = ({ id, place }: Placed) =>
  ({ kind: 'update', type: CONNECTION, id, values: { sg_sort_order: place } }) as const;

/** @throws AppError UPSTREAM_REJECTED if another person has ordered the playlist at the same time */
function assertInPlace(connections: readonly Row[], places: readonly Placed[]): void {
  const found = new Map(connections.map((row) => [row.id, placeOf(row)]));
  if (places.every(({ id, place }) => !found.has(id) || found.get(id) === place)) return;
  throw new AppError('UPSTREAM_REJECTED', {
    message: 'Somebody else has ordered this playlist at the same time. Look at it, and order it again.',
    details: { reason: 'otherOrder', outcome: 'done' },
  });
}

/** The search for rows that join playlists with their versions. */
export const connectionSearch = (
  playlistIds: readonly number[],
): Omit<SearchRequest, 'pageSize' | 'pageNumber'> => ({
  type: CONNECTION,
  filter: allOf(['playlist', 'in', playlistIds.map((id) => ({ type: 'Playlist', id }))]),
  fields: ['playlist', 'version', 'sg_sort_order'],
  sort: 'sg_sort_order,id',
});

async function connectionsOf(
  client: ActingClient,
  { maxRows, ...options }: PlaylistOptions,
  playlistIds: readonly number[],
): Promise<readonly Row[]> {
  const found: Row[] = [];
  for (let pageNumber = 1; ; pageNumber += 1) {
    const search = { ...connectionSearch(playlistIds), pageSize: maxRows, pageNumber };
    const rows = await client.call(searchRows(search), options);
    found.push(...rows.filter((row) => linkOf(row, 'version') !== null));
    if (rows.length < maxRows) return found;
  }
}

const linkOf = (row: Row, field: 'playlist' | 'version'): EntityLink | null =>
  (row.fields[field] ?? null) as EntityLink | null;
const placeOf = (row: Row): number | null => {
  const place = row.fields['sg_sort_order'];
  return typeof place === 'number' ? place : null;
};
const versionIdOf = (row: Row): number => linkOf(row, 'version')?.id ?? 0;
