import type { ApolloServerPlugin } from '@apollo/server';
import { type GraphQLField, isInputObjectType, isLeafType, isObjectType } from 'graphql';
import type { GraphqlContext } from '../../src/graphql/request/context.ts';
import type { GraphqlPart } from '../../src/graphql/graphql.ts';

/** What was done with the values of requests, counted. */
export interface InputWork {
  /** Values that were coerced: those of scalars and enums, and the input objects around them. */
  readonly coerced: number;
  /** Reads of the arguments and of anything inside them, by whatever compiles, checks and sends them. */
  readonly read: number;
  /** Errors that were made, also those that are not told. */
  readonly errors: number;
}

/** Watches a GraphQL part at work. Gives what was counted since the last time. */
export function watchInputWork({ schema, server }: GraphqlPart): () => InputWork {
  let counts = { coerced: 0, read: 0, errors: 0 };
  const onRead = (): void => {
    counts.read += 1;
  };
  for (const type of Object.values(schema.getTypeMap())) {
    if (isLeafType(type)) {
      const parse = type.parseValue.bind(type);
      type.parseValue = (value: unknown, hideSuggestions?: boolean) => {
        counts.coerced += 1;
        return parse(value, hideSuggestions);
      };
    }
    if (isInputObjectType(type)) {
      const fields = type.getFields();
      type.getFields = () => {
        counts.coerced += 1;
        return fields;
      };
    }
    if (isObjectType(type)) for (const field of Object.values(type.getFields())) watchField(field, onRead);
  }
  const counter: ApolloServerPlugin<GraphqlContext> = {
    requestDidStart: async () => ({
      didEncounterErrors: async ({ errors }) => {
        counts.errors += errors.length;
      },
    }),
  };
  // Apollo takes plugins before it starts only.
  server['internals'].plugins.push(counter);
  return () => {
    const counted = counts;
    counts = { coerced: 0, read: 0, errors: 0 };
    return counted;
  };
}

function watchField(field: GraphQLField<unknown, GraphqlContext>, onRead: () => void): void {
  const { resolve } = field;
  if (resolve === undefined || field.args.length === 0) return;
  field.resolve = (root, args: object, context, info) => resolve(root, watched(args, onRead), context, info);
}

/** The same value, which tells of each read of a part of it. */
function watched<T>(value: T, onRead: () => void): T {
  if (typeof value !== 'object' || value === null) return value;
  return new Proxy(value, {
    get(target, key, receiver) {
      onRead();
      return watched(Reflect.get(target, key, receiver) as unknown, onRead);
    },
  });
}
