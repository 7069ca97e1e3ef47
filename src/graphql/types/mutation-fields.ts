import { defaultFieldResolver, type GraphQLSchema } from 'graphql';
import type { GraphqlContext } from '../request/context.ts';

/**
 * Separates the fields of Mutation from each other, including those that systems add: each has its own change
 * record and its own count of searches, because each reads afresh after its change.
 */
export function withSeparateChanges(schema: GraphQLSchema): GraphQLSchema {
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    const { resolve = defaultFieldResolver } = field;
    // oxlint-disable-next-line max-params -- the four of a resolver
    field.resolve = (root, args, context: GraphqlContext, info) => {
      context.changes.begin(String(info.path.key));
      context.reader.beginPeriod();
      const result: unknown = resolve(root, args, context, info);
      return result;
    };
  }
  return schema;
}
