import { Int, Resolver } from 'type-graphql';
import { idOf } from '../../query/input/links.ts';
import type { EntityNode } from '../../query/ports/selection.ts';
import { isClosedByRule } from '../../site/expose.ts';
import { addComputedField, addOperation } from '../resolve/own-resolvers.ts';
import { type NamedClass, namedClass } from '../types/named-class.ts';
import type { SchemaParts } from '../resolve/schema-parts.ts';
import { writeAndRead } from '../resolve/write-and-read.ts';

const ORDERED = 'orderedVersions';

/** The manual order of a playlist: `Playlist.orderedVersions` and `orderPlaylist` (API 8, Playlist). */
export function createPlaylistResolvers(parts: SchemaParts): NamedClass[] {
  const playlist = parts.types.get('Playlist');
  const version = parts.types.get('Version');
  const { fields: shown, readOnly = true } = parts.schema.types.get('Playlist') ?? {};
  const versions = shown?.get('versions');
  // A field of the site with the same name takes precedence.
  const isTaken = [...(shown?.values() ?? [])].some(({ graphqlName }) => graphqlName === ORDERED);
  // Both give access to that field, so they need it.
  if (playlist === undefined || version === undefined || versions === undefined || isTaken) return [];
  const fields = namedClass('PlaylistFields');
  addComputedField<EntityNode>(fields, {
    name: ORDERED,
    description:
      'The versions in the order that people gave them; "versions" is sorted by name. One call more.',
    returns: () => [version],
    async run({ root, context, info }) {
      const ids = await context.site.playlistOrder(root.id);
      // The playlist's own plan already includes them, as the field "versions".
      const selection = parts.selections.of(info, 'Version');
      const nodes = await context.reader.manyCounted('Version', ids, selection);
      return nodes.filter((node) => node !== null);
    },
  });
  Resolver(() => playlist)(fields);

  if (readOnly || versions.readOnly || isOrderClosed(parts)) return [fields];
  const mutations = namedClass('PlaylistMutations');
  addOperation<{ playlistId: number; versionIds: readonly number[] }>(mutations, {
    kind: 'mutation',
    name: 'orderPlaylist',
    description: 'Puts these versions first, in this order. The others follow in their old order.',
    args: [
      { name: 'playlistId', type: () => Int },
      { name: 'versionIds', type: () => [Int] },
    ],
    returns: () => playlist,
    async run(call) {
      const { args, context } = call;
      const id = idOf(args.playlistId, 'playlistId');
      return writeAndRead(parts, call, {
        type: 'Playlist',
        async write() {
          await context.writer.orderPlaylist(id, args.versionIds);
          return id;
        },
      });
    },
  });
  Resolver()(mutations);
  return [fields, mutations];
}

/** The order is stored in a type and a field that may be exposed read-only. */
function isOrderClosed({ schema }: SchemaParts): boolean {
  const connection = schema.types.get('PlaylistVersionConnection');
  const order = connection?.fields.get('sg_sort_order');
  return connection?.readOnly === true || (order !== undefined && isClosedByRule(order));
}
