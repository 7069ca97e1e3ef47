import { type ClassType, Field, Int, ObjectType, Resolver } from 'type-graphql';
import { AppError } from '../../base/errors.ts';
import { shownThread, shownUpdate } from '../../query/plan/hidden-values.ts';
import type { LinkInput } from '../../query/input/links.ts';
import type { ActivityUpdate, EntityLink, ThreadEntry } from '../../query/ports/ports.ts';
import type { EntityNode } from '../../query/ports/selection.ts';
import { readActivity } from '../../shotgun/calls/threads.ts';
import { addComputedField, addOperation } from '../resolve/own-resolvers.ts';
import { refOf } from './follow-resolvers.ts';
import { type NamedClass, namedClass } from '../types/named-class.ts';
import { readLinked } from '../resolve/read-linked.ts';
import { DateTimeScalar, JsonScalar } from '../types/scalars.ts';
import type { SchemaParts } from '../resolve/schema-parts.ts';

const MAX_UPDATES = 500;
const DEFAULT_UPDATES = 25;

/** `Note.thread` and the root field `activity`: comments and changes (API 9.2, 9.4). */
export function createThreadResolvers(parts: SchemaParts): NamedClass[] {
  return [...noteThread(parts), ...activity(parts)];
}

/** Adds fields for links that the root object already contains. Each is filled as far as the query selects it. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- it is the root of the fields that are added
function linkFields<Root>(
  parts: SchemaParts,
  ownerName: string,
  owner: ClassType,
  fields: Readonly<Record<string, (root: Root) => EntityLink | null>>,
): NamedClass {
  const resolver = namedClass(`${ownerName}Links`);
  for (const [name, of] of Object.entries(fields)) {
    addComputedField<Root>(resolver, {
      name,
      description: 'It has only the fields that you may see.',
      returns: () => parts.entity,
      run(call) {
        const link = of(call.root);
        return link === null ? null : readLinked(parts, call, link);
      },
    });
  }
  Resolver(() => owner)(resolver);
  return resolver;
}

function threadEntryType(): ClassType {
  @ObjectType('ThreadEntry', { description: 'A note, one of its replies, or one of its files.' })
  class ThreadEntryType {
    @Field(() => Int)
    id!: number;

    @Field(() => String, { description: 'Note, Reply or Attachment.' })
    type!: string;

    @Field(() => String, { nullable: true })
    content!: string | null;

    @Field(() => DateTimeScalar, { nullable: true })
    createdAt!: string | null;
  }
  return ThreadEntryType;
}

function noteThread(parts: SchemaParts): NamedClass[] {
  const note = parts.types.get('Note');
  const isTaken = [...(parts.schema.types.get('Note')?.fields.values() ?? [])].some(
    ({ graphqlName }) => graphqlName === 'thread',
  );
  if (note === undefined || isTaken) return [];
  const entry = threadEntryType();
  const links = linkFields(parts, 'ThreadEntry', entry, {
    author: (root: ThreadEntry) => root.author,
    entity: ({ type, id }: ThreadEntry) => ({ type, id, name: null }),
  });
  const fields = namedClass('NoteFields');
  addComputedField<EntityNode>(fields, {
    name: 'thread',
    description: 'The note, its replies and its files, oldest first. One call for each note.',
    returns: () => [entry],
    run: async ({ root, context }) => shownThread(parts.schema, await context.site.noteThread(root.id)),
  });
  Resolver(() => note)(fields);
  return [fields, links];
}

function activityUpdateType(): ClassType {
  @ObjectType('ActivityUpdate', { description: 'Something that happened to an entity.' })
  class ActivityUpdateType {
    @Field(() => Int, { description: 'Pass it as "before" to read older updates.' })
    id!: number;

    @Field(() => String, { description: 'create, update, delete or create_reply.' })
    kind!: string;

    @Field(() => DateTimeScalar, { nullable: true })
    createdAt!: string | null;

    @Field(() => JsonScalar, { nullable: true, description: 'The change, in ShotGrid’s own form.' })
    meta!: unknown;
  }
  return ActivityUpdateType;
}

function activity(parts: SchemaParts): NamedClass[] {
  const update = activityUpdateType();
  const links = linkFields(parts, 'ActivityUpdate', update, {
    author: (root: ActivityUpdate) => root.author,
    entity: (root: ActivityUpdate) => root.entity,
  });
  const queries = namedClass('ActivityQueries');
  addOperation<{ entity: LinkInput; first: number; before?: number | null }>(queries, {
    kind: 'query',
    name: 'activity',
    description: 'What happened to an entity and to what belongs to it, newest first.',
    args: [
      { name: 'entity', type: () => parts.reference },
      {
        name: 'first',
        type: () => Int,
        defaultValue: DEFAULT_UPDATES,
        description: `At most ${MAX_UPDATES}.`,
      },
      {
        name: 'before',
        type: () => Int,
        nullable: true,
        description: 'Id of the last update that was read.',
      },
    ],
    returns: () => [update],
    async run({ args: { entity, first, before }, context }) {
      if (first < 0 || first > MAX_UPDATES) {
        throw new AppError('BAD_USER_INPUT', {
          message: `"first" must be from 0 to ${MAX_UPDATES}. Read on with "before".`,
          details: { path: 'first', value: first },
        });
      }
      const ref = refOf(parts, entity);
      if (first === 0) return [];
      const maxId = before ?? undefined;
      const updates = await context.site.call(
        readActivity(ref, { limit: first, ...(maxId !== undefined && { maxId }) }),
      );
      return updates.map((found) => shownUpdate(parts.schema, found));
    },
  });
  Resolver()(queries);
  return [links, queries];
}
