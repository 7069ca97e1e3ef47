import { ID, Int, Resolver } from 'type-graphql';
import { AppError } from '../../base/errors.ts';
import type { Launch } from '../../launch/launch.ts';
import type { EntityNode } from '../../query/ports/selection.ts';
import { addComputedField, type FieldCall, addOperation } from '../resolve/own-resolvers.ts';
import { createLaunchType } from '../types/launch-types.ts';
import { type NamedClass, namedClass } from '../types/named-class.ts';
import { readNamedBefore } from '../resolve/read-linked.ts';
import type { SchemaParts } from '../resolve/schema-parts.ts';

/** A launch as the root of its field resolvers. */
type LaunchNode = ReturnType<typeof launchNode>;

type LaunchCall<Args = object> = FieldCall<LaunchNode, Args>;

const MAX_IDS_AT_ONCE = 5000;

/** The root field `launch(id)` and the fields of a launch that read ShotGrid. */
export function createLaunchResolvers(parts: SchemaParts, entity: NamedClass, siteUrl: string): NamedClass[] {
  const project = parts.types.get('Project') ?? entity;
  const launch = createLaunchType(parts.sortDirection);

  const queries = namedClass('LaunchQueries');
  addOperation<{ id: string }>(queries, {
    kind: 'query',
    name: 'launch',
    description:
      'A launch that you have opened. For an hour after its end the error is LAUNCH_EXPIRED. For any other id it is NOT_FOUND.',
    args: [{ name: 'id', type: () => ID }],
    returns: () => launch,
    async run({ args, context }) {
      const found = await context.readLaunch(args.id);
      // Another person's launch and an unknown id must look the same (B17).
      if (found === undefined) throw new AppError('NOT_FOUND');
      return launchNode(found, siteUrl);
    },
  });
  Resolver()(queries);

  const fields = namedClass('LaunchFields');
  addComputedField<LaunchNode>(fields, {
    name: 'selected',
    returns: () => [entity],
    nullable: 'items',
    description: 'The selected rows, in the order of the click. Null for a row that you may not see.',
    run: (data) => readSelected(parts, data),
  });
  addComputedField<LaunchNode>(fields, {
    name: 'missingCount',
    returns: () => Int,
    description: 'How many of the selected rows you may not see.',
    run: async (data) => (await readSelected(parts, data)).filter((node) => node === null).length,
  });
  addComputedField<LaunchNode>(fields, {
    name: 'project',
    returns: () => project,
    description: 'The project of the page. Null for a page of several projects.',
    run(call) {
      const { project: told } = call.root.payload;
      return told && readNamedBefore(parts, call, { type: 'Project', ...told });
    },
  });
  addComputedField<LaunchNode, { first: number; offset: number }>(fields, {
    name: 'ids',
    returns: () => [Int],
    description: "Ids of the page's rows, selected or not, in the order of the page; see `idsTruncated`.",
    args: [
      { name: 'first', type: () => Int, defaultValue: MAX_IDS_AT_ONCE },
      { name: 'offset', type: () => Int, defaultValue: 0 },
    ],
    run: readIds,
  });
  Resolver(() => launch)(fields);
  return [queries, fields];
}

function readIds({ root, args }: LaunchCall<{ first: number; offset: number }>): readonly number[] {
  const { first, offset } = args;
  if (first < 0 || first > MAX_IDS_AT_ONCE || offset < 0) {
    throw new AppError('BAD_USER_INPUT', {
      message: `"first" must be from 0 to ${MAX_IDS_AT_ONCE}, "offset" 0 or more.`,
    });
  }
  return root.payload.ids.slice(offset, offset + first);
}

/** One search, even if one request reads it twice (`selected` and `missingCount`). */
async function readSelected(
  parts: SchemaParts,
  { root, context, info }: LaunchCall,
): Promise<readonly (EntityNode | null)[]> {
  const { entityType, selectedIds } = root.payload;
  if (entityType === null || !parts.schema.types.has(entityType)) return selectedIds.map(() => null);
  const selection = parts.selections.of(info, entityType);
  return context.reader.many(entityType, selectedIds, selection);
}

function launchNode({ id, ami, payload, createdAtMs }: Launch, siteUrl: string) {
  return {
    payload,
    id,
    ami,
    entityType: payload.entityType,
    selectedIds: payload.selectedIds,
    selectedCount: payload.selectedIds.length,
    idCount: payload.ids.length + (payload.idsLeftOut ?? 0),
    idsTruncated: payload.idsLeftOut !== undefined,
    targetColumn: payload.targetColumn ?? null,
    page: { id: payload.pageId, title: payload.title },
    view: payload.view,
    columns: payload.columns.map((name, index) => ({
      name,
      displayName: payload.columnDisplayNames[index] ?? null,
    })),
    sort: payload.sort,
    grouping: payload.grouping,
    referrerUrl: payload.referrerPath === null ? null : new URL(payload.referrerPath, siteUrl).href,
    createdAt: new Date(createdAtMs).toISOString(),
  };
}
