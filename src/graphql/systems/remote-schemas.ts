import { RenameRootFields, RenameRootTypes, RenameTypes, wrapSchema } from '@graphql-tools/wrap';
import {
  getNamedType,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLFieldConfig,
  type GraphQLFieldConfigMap,
  type GraphQLNamedType,
  GraphQLObjectType,
  GraphQLSchema,
  isInterfaceType,
  isIntrospectionType,
  isNonNullType,
  isObjectType,
  isSpecifiedScalarType,
  isUnionType,
  print,
} from 'graphql';
import { hasLeft } from '../../base/deadline.ts';
import { AppError } from '../../base/errors.ts';
import { appErrorOf } from '../answer/errors.ts';
import { ConnectorError, type RemoteSchema } from '../../systems/load-system-parts.ts';
import type { GraphqlContext } from '../request/context.ts';
import { untilOver } from '../request/in-time.ts';
import { type ReadingSchema, readingSchema, readRemoteAnswer } from './remote-answers.ts';
import { remoteSchemaOf } from './remote-sdl.ts';
import { markUpstream } from './upstreams.ts';

type Fields = GraphQLFieldConfigMap<unknown, GraphqlContext>;
type RootKind = 'query' | 'mutation';

/**
 * Merges whole GraphQL schemas of other systems into the schema: their types and root fields, each under the
 * system's prefix. The selected fields of a system go to it as one document, with the person's token for that
 * system.
 *
 * @throws ConnectorError if a schema cannot be read, or a name is taken
 */
export function withRemotes(schema: GraphQLSchema, remotes: readonly RemoteSchema[]): GraphQLSchema {
  return remotes.reduce(merge, schema);
}

function merge(schema: GraphQLSchema, remote: RemoteSchema): GraphQLSchema {
  const wrapped = wrappedSchema(remote);
  const roots: ReadonlySet<unknown> = new Set([
    wrapped.getQueryType(),
    wrapped.getMutationType(),
    wrapped.getSubscriptionType(),
  ]);
  const named = typesOfFields(wrapped);
  const added = Object.values(wrapped.getTypeMap()).filter(
    (type) =>
      (!roots.has(type) || named.has(type)) && !isIntrospectionType(type) && !isSpecifiedScalarType(type),
  );
  for (const type of added) {
    if (schema.getType(type.name) !== undefined) throw new ConnectorError(remote.name, taken(type.name));
    markUpstream(type, remote.name);
  }
  const config = schema.toConfig();
  const query = withFields(schema, wrapped, remote, 'query');
  const mutation = withFields(schema, wrapped, remote, 'mutation');
  const own = config.types.filter((type) => type !== config.query && type !== config.mutation);
  return new GraphQLSchema({ ...config, query, mutation, types: [...own, ...added] });
}

/** Types used by a field, a union or an interface. A root among them is also an ordinary type. */
function typesOfFields(schema: GraphQLSchema): ReadonlySet<GraphQLNamedType> {
  const types = Object.values(schema.getTypeMap()).filter((type) => !isIntrospectionType(type));
  return new Set(
    types.flatMap((type): GraphQLNamedType[] => {
      if (isUnionType(type)) return [...type.getTypes()];
      if (!isObjectType(type) && !isInterfaceType(type)) return [];
      const ofFields = Object.values(type.getFields()).map((field) => getNamedType(field.type));
      return type.getInterfaces().length > 0 ? [...ofFields, type] : ofFields;
    }),
  );
}

const taken = (name: string): string =>
  `${name} is there already. Choose another prefix for it in shotgraph.yml.`;

/** The remote schema under its prefix, which cannot clash with another system's. */
function wrappedSchema(remote: RemoteSchema): GraphQLSchema {
  const { name, path, prefix, refusal } = remote;
  const schema = remoteSchemaOf(remote);
  const reading = readingSchema(remoteSchemaOf(remote));
  const fieldPrefix = prefix.charAt(0).toLowerCase() + prefix.slice(1);
  return wrapSchema<GraphqlContext>({
    schema,
    // Root fields that are requested together go in one document.
    batch: true,
    transforms: [
      new RenameTypes((type) => `${prefix}${type}`),
      // A root that is also the type of a field, as with PostGraphile or Relay, becomes an ordinary type here.
      new RenameRootTypes((type) => `${prefix}${type}`),
      new RenameRootFields(
        (_operation, field) => `${fieldPrefix}${field.charAt(0).toUpperCase()}${field.slice(1)}`,
      ),
    ],
    executor: (request) => send({ name, path, reading, refusal }, request) as never,
  });
}

interface RemoteEndpoint extends Pick<RemoteSchema, 'name' | 'path' | 'refusal'> {
  readonly reading: ReadingSchema;
}

/** Sends one document as the person of the request. */
async function send(
  { name: system, path, reading, refusal }: RemoteEndpoint,
  { document, variables, context }: ExecutionRequest,
): Promise<ExecutionResult> {
  const call = (context as GraphqlContext).systems(system);
  if (call === null) throw new AppError('SYSTEM_UNAVAILABLE', { details: { system } });
  const answer = await call.system.send('POST', path, { query: print(document), variables });
  return readRemoteAnswer({ system, reading, refusal, document, variables }, answer);
}

interface ExecutionRequest {
  readonly document: DocumentNode;
  readonly variables?: unknown;
  readonly context?: unknown;
}

/** Adds the remote root fields, always nullable: a failure then costs only that system's fields. */
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
    const added = {
      ...given,
      type: isNonNullType(given.type) ? given.type.ofType : given.type,
      resolve:
        kind === 'query' ? guarded(name, field, given) : recorded(name, field, guarded(name, field, given)),
      extensions: { ...given.extensions },
    };
    markUpstream(added, name);
    fields[field] = added;
  }
  return new GraphQLObjectType({ ...config, fields });
}

type Resolve = NonNullable<Fields[string]['resolve']>;

/** The library returns a failure as a value, and several failures of one field as one. This throws the first. */
const guarded =
  (system: string, field: string, { resolve }: GraphQLFieldConfig<unknown, GraphqlContext>): Resolve =>
  async (...args) => {
    const [, , { signal }] = args;
    const late = (): AppError =>
      new AppError(hasLeft(signal) ? 'CLIENT_LEFT' : 'SYSTEM_TIMEOUT', { details: { system, field } });
    const asked = Promise.resolve(resolve?.(...args)).catch((error: unknown) => error);
    const result: unknown = await untilOver(signal, asked, late);
    if (result instanceof AggregateError) throw result.errors[0];
    if (result instanceof Error) throw result;
    return result;
  };

/** A change in another system goes into the same audit trail. */
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
