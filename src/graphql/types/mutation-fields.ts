import { defaultFieldResolver, type GraphQLSchema } from 'graphql';
import type { GraphqlContext } from '../request/context.ts';

/**
 * Lets each field of Mutation begin by itself, whoever added it: what it changes is told of it alone, and what it reads
 * afterwards is counted anew, because it is read anew.
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
