import type { GraphQLField } from 'graphql';

/** Extension of a root field that is another system's. */
export const REMOTE = 'shotgraphRemote';

/** Whether a field of `Query` or `Mutation` is another system's. */
export const isRemoteField = (
  field: Pick<GraphQLField<unknown, unknown>, 'extensions'> | undefined,
): boolean => field?.extensions[REMOTE] !== undefined;
