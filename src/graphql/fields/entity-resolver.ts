import { Int, Resolver } from 'type-graphql';
import type { LinkInput } from '../../query/input/links.ts';
import { refOf } from './follow-resolvers.ts';
import { type NamedClass, namedClass } from '../types/named-class.ts';
import { addOperation } from '../resolve/own-resolvers.ts';
import type { SchemaParts } from '../resolve/schema-parts.ts';

/** The root field `entity`: a row of a type that is known only at run time. */
export function createEntityResolver(parts: SchemaParts): NamedClass {
  const queries = namedClass('EntityQueries');
  addOperation<LinkInput>(queries, {
    kind: 'query',
    name: 'entity',
    description: 'Null if there is none, or you may not see it.',
    args: [
      { name: 'type', type: () => String, description: 'Name of the type in this API or in ShotGrid.' },
      { name: 'id', type: () => Int },
    ],
    returns: () => parts.entity,
    nullable: true,
    run({ args, context, info }) {
      const { type, id } = refOf(parts, args, []);
      return context.reader.one(type, id, parts.selections.of(info, type));
    },
  });
  Resolver()(queries);
  return queries;
}
