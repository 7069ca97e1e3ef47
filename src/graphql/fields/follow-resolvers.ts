import { Resolver } from 'type-graphql';
import { AppError } from '../../base/errors.ts';
import type { Principal } from '../../identity/person/principal.ts';
import { idOf, type LinkInput, systemTypeOf } from '../../query/input/links.ts';
import type { EntityNode } from '../../query/ports/selection.ts';
import {
  follow,
  readFollowers,
  readFollowing as idsFollowed,
  unfollow,
} from '../../shotgun/calls/follows.ts';
import { type FieldCall, addOperation } from '../resolve/own-resolvers.ts';
import { type NamedClass, namedClass } from '../types/named-class.ts';
import { readLinked } from '../resolve/read-linked.ts';
import type { SchemaParts } from '../resolve/schema-parts.ts';
import { writeAndRead } from '../resolve/write-and-read.ts';

const CHANGES = {
  follow: (personId: number, target: LinkInput) => follow(personId, [target]),
  unfollow,
};

/** Following: the root field `followers`, the mutations `follow` and `unfollow` (API 9.3). */
export function createFollowResolver(parts: SchemaParts): NamedClass {
  const resolver = namedClass('FollowOperations');
  const { entity, reference } = parts;
  const args = [{ name: 'entity', type: () => reference }];
  // Followers are people: a site that hides people must not show them here.
  if (parts.types.has('HumanUser')) addFollowers(resolver, parts);
  for (const [name, change] of Object.entries(CHANGES)) {
    addOperation<{ entity: LinkInput }>(resolver, {
      kind: 'mutation',
      name,
      description: `You ${name} the entity from now on. Doing so twice is not an error.`,
      args,
      returns: () => entity,
      async run(call) {
        const { writer, principal } = call.context;
        const ref = changeableRef(parts, call.args.entity);
        return writeAndRead(parts, call, {
          type: ref.type,
          async write() {
            await writer.call(change(principal.person.id, ref));
            return ref.id;
          },
        });
      },
    });
  }
  Resolver()(resolver);
  return resolver;
}

function addFollowers(resolver: NamedClass, parts: SchemaParts): void {
  addOperation<{ entity: LinkInput }>(resolver, {
    kind: 'query',
    name: 'followers',
    description: 'The people who follow an entity.',
    args: [{ name: 'entity', type: () => parts.reference }],
    returns: () => [parts.entity],
    async run(call) {
      const people = await call.context.site.call(readFollowers(refOf(parts, call.args.entity)));
      return Promise.all(people.map((person) => readLinked(parts, call, person)));
    },
  });
}

/** The site returns ids and types only. One search per type reads the rest. */
export async function readFollowing(
  parts: SchemaParts,
  { root, context, info }: FieldCall<Principal>,
): Promise<readonly EntityNode[]> {
  const refs = (await context.site.call(idsFollowed(root.person.id))).filter(({ type }) =>
    parts.schema.types.has(type),
  );
  const types = [...new Set(refs.map(({ type }) => type))];
  const pages = await Promise.all(
    types.map((type) => {
      const ids = refs.filter((ref) => ref.type === type).map(({ id }) => id);
      return context.reader.many(type, ids, parts.selections.of(info, type));
    }),
  );
  return pages.flat().filter((node) => node !== null);
}

/**
 * Resolves the entity that an argument names.
 *
 * @param path to the argument's `type` and `id`, for errors
 * @throws AppError BAD_USER_INPUT for an unknown type or an invalid id
 */
export function refOf(
  parts: SchemaParts,
  { type: given, id }: LinkInput,
  path: readonly string[] = ['entity'],
): LinkInput {
  const type = typeNamed(parts, given, [...path, 'type'].join('.'));
  return { type, id: idOf(id, [...path, 'id'].join('.')) };
}

/**
 * Resolves the entity that a mutation is to change.
 *
 * @throws AppError BAD_USER_INPUT also if `expose.yml` makes its type read-only
 */
export function changeableRef(parts: SchemaParts, given: LinkInput): LinkInput {
  const ref = refOf(parts, given);
  if (parts.schema.types.get(ref.type)?.readOnly !== true) return ref;
  throw new AppError('BAD_USER_INPUT', {
    message: 'Entities of this type are only read here. Make the change in ShotGrid.',
    details: { path: 'entity.type', value: given.type },
  });
}

/** The system name of a type in an argument. @throws AppError BAD_USER_INPUT if the API has no such type */
export function typeNamed(parts: SchemaParts, given: string, path: string): string {
  const type = systemTypeOf(parts.schema, given);
  if (parts.schema.types.has(type)) return type;
  throw new AppError('BAD_USER_INPUT', {
    message: 'There is no such type of entities here. Take a name of the schema, such as Shot.',
    details: { path, value: given },
  });
}
