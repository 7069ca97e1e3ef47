import { type GraphQLSchema, isInterfaceType } from 'graphql';
import { ID, Resolver } from 'type-graphql';
import { toAppError } from '../../base/errors.ts';
import type { EntityNode } from '../../query/ports/selection.ts';
import { addOperation } from '../resolve/own-resolvers.ts';
import type { SchemaParts } from '../resolve/schema-parts.ts';
import { type NamedClass, namedClass } from '../types/named-class.ts';
import type { NodeIds } from './node-ids.ts';

/** The root field `node`, for clients that know every row by one id (Relay). */
export function createNodeResolver(parts: SchemaParts, node: NamedClass, ids: NodeIds): NamedClass {
  const queries = namedClass('NodeQueries');
  addOperation<{ id: string }>(queries, {
    kind: 'query',
    name: 'node',
    description:
      'A row by its `nodeId`. Null if there is none, if you may not see it, or if the id is not from this API.',
    args: [{ name: 'id', type: () => ID }],
    returns: () => node,
    nullable: true,
    async run({ args, context, info }) {
      const row = ids.rowOf(args.id);
      if (row === undefined || !parts.schema.types.has(row.type)) return null;
      try {
        return await context.reader.one(row.type, row.id, parts.selections.of(info, row.type));
      } catch (error) {
        const { code, details } = toAppError(error);
        // Everything else that is forbidden, such as acting for the person at all, is no answer about the row.
        if (code !== 'FORBIDDEN' || details?.['reason'] !== 'read') throw error;
        // A type that the person may not read looks as a row that is not there; the trail tells them apart.
        context.recordRefusal(error);
        return null;
      }
    },
  });
  Resolver()(queries);
  return queries;
}

/** Gives every row its `nodeId`, made of what each link carries. */
export function withNodeIds(schema: GraphQLSchema, ids: NodeIds): GraphQLSchema {
  const node = schema.getType('Node');
  for (const type of isInterfaceType(node) ? schema.getPossibleTypes(node) : []) {
    const field = type.getFields()['nodeId'];
    if (field !== undefined) field.resolve = (row: EntityNode) => ids.idOf(row);
  }
  return schema;
}
