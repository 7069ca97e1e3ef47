import { RenameRootFields, RenameTypes, wrapSchema } from '@graphql-tools/wrap';
import {
  buildSchema,
  type DocumentNode,
  type ExecutionResult,
  GraphQLError,
  type GraphQLFieldConfig,
  type GraphQLFieldConfigMap,
  GraphQLObjectType,
  GraphQLSchema,
  isIntrospectionType,
  isNonNullType,
  isSpecifiedScalarType,
  print,
} from 'graphql';
import { AppError } from '../base/errors.ts';
import { appErrorOf } from './errors.ts';
import { ConnectorError, type RemoteSchema } from '../systems/load-system-parts.ts';
import { parseGraphqlAnswer } from '../systems/graphql-answer.ts';
import type { GraphqlContext } from './context.ts';

type Fields = GraphQLFieldConfigMap<unknown, GraphqlContext>;
type RootKind = 'query' | 'mutation';

/**
 * The schema with whole GraphQL schemas of other systems merged in: their types and the fields of their roots, each under
 * the system's prefix. What is asked of them goes there as one document, with the person's token for that system.
 *
 * @throws ConnectorError where a schema cannot be read, or a name is taken
 */
export function withRemotes(schema: GraphQLSchema, remotes: readonly RemoteSchema[]): GraphQLSchema {
  return remotes.reduce(merge, schema);
}

function merge(schema: GraphQLSchema, remote: RemoteSchema): GraphQLSchema {
  const wrapped = wrappedSchema(remote);
  const roots = new Set([wrapped.getQueryType(), wrapped.getMutationType(), wrapped.getSubscriptionType()]);
  const added = Object.values(wrapped.getTypeMap()).filter(
    (type) => !roots.has(type as never) && !isIntrospectionType(type) && !isSpecifiedScalarType(type),
  );
  for (const { name } of added) {
    if (schema.getType(name) !== undefined) throw new ConnectorError(remote.name, taken(name));
  }
  const config = schema.toConfig();
  const query = withFields(schema, wrapped, remote, 'query');
  const mutation = withFields(schema, wrapped, remote, 'mutation');
  const own = config.types.filter((type) => type !== config.query && type !== config.mutation);
  return new GraphQLSchema({ ...config, query, mutation, types: [...own, ...added] });
}

const taken = (name: string): string =>
  `${name} is there already. Choose another prefix for it in shotgraph.yml.`;

/** The remote schema under its prefix, which cannot clash with another system's. */
function wrappedSchema({ name, typeDefs, path, prefix }: RemoteSchema): GraphQLSchema {
  let schema: GraphQLSchema;
  try {
    schema = buildSchema(typeDefs);
  } catch (error) {
    throw new ConnectorError(
      name,
      error instanceof Error ? error.message : 'its schema cannot be read',
      error,
    );
  }
  const fieldPrefix = prefix.charAt(0).toLowerCase() + prefix.slice(1);
  return wrapSchema<GraphqlContext>({
    schema,
    // Root fields that are asked for at once go in one document.
    batch: true,
    transforms: [
      new RenameTypes((type) => `${prefix}${type}`),
      new RenameRootFields(
        (_operation, field) => `${fieldPrefix}${field.charAt(0).toUpperCase()}${field.slice(1)}`,
      ),
    ],
    executor: (request) => send(name, path, request) as never,
  });
}

/** One document, asked as the person of the request. */
async function send(
  system: string,
  path: string,
  { document, variables, context }: ExecutionRequest,
): Promise<ExecutionResult> {
  const call = (context as GraphqlContext).systems(system);
  if (call === null) throw new AppError('SYSTEM_UNAVAILABLE', { details: { system } });
  return resultOf(system, await call.system.send('POST', path, { query: print(document), variables }));
}

interface ExecutionRequest {
  readonly document: DocumentNode;
  readonly variables?: unknown;
  readonly context?: unknown;
}

/** The root with the remote one's fields. Whatever the system says of them, they may be null: it costs its own fields only. */
function withFields(
  schema: GraphQLSchema,
  wrapped: GraphQLSchema,
  { name }: RemoteSchema,
  kind: RootKind,
): GraphQLObjectType | null {
  const rootOf = (of: GraphQLSchema) => (kind === 'query' ? of.getQueryType() : of.getMutationType()) ?? null;
  const [base, remote] = [rootOf(schema), rootOf(wrapped)];
  if (base === null || remote === null) return base;
  const config = base.toConfig();
  const fields: Fields = { ...config.fields };
  for (const [field, given] of Object.entries(remote.toConfig().fields as Fields)) {
    if (fields[field] !== undefined) throw new ConnectorError(name, taken(`${base.name}.${field}`));
    fields[field] = {
      ...given,
      type: isNonNullType(given.type) ? given.type.ofType : given.type,
      resolve: kind === 'query' ? guarded(given) : recorded(name, field, guarded(given)),
    };
  }
  return new GraphQLObjectType({ ...config, fields });
}

type Resolve = NonNullable<Fields[string]['resolve']>;

/** A failure is given as a value by the library, and several of one field as one; it is thrown here, and the first told. */
const guarded =
  ({ resolve }: GraphQLFieldConfig<unknown, GraphqlContext>): Resolve =>
  async (...args) => {
    const result: unknown = await Promise.resolve(resolve?.(...args)).catch((error: unknown) => error);
    if (result instanceof AggregateError) throw result.errors[0];
    if (result instanceof Error) throw result;
    return result;
  };

/** What is changed in another system stands in the same trail. */
const recorded =
  (system: string, field: string, resolve: Resolve): Resolve =>
  async (...args) => {
    const [, , context] = args;
    try {
      const result: unknown = await resolve(...args);
      context.recordSystemChange(system, field, null);
      return result;
    } catch (error) {
      context.recordSystemChange(system, field, appErrorOf(error));
      throw error;
    }
  };

function resultOf(system: string, answer: unknown): ExecutionResult {
  const { data, errors } = parseGraphqlAnswer(system, answer);
  if (errors.length === 0) return { data };
  return {
    data,
    errors: errors.map(({ path, error }) => new GraphQLError(error.message, { path, originalError: error })),
  };
}
