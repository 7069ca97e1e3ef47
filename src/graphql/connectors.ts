import DataLoader from 'dataloader';
import {
  extendSchema,
  getNamedType,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  type GraphQLSchema,
  isNonNullType,
  isObjectType,
  Kind,
  type ObjectTypeDefinitionNode,
  type ObjectTypeExtensionNode,
  parse,
} from 'graphql';
import { AppError, toAppError } from '../base/errors.ts';
import type { ConnectedRow, ConnectorCall, RootResolver, RowsResolver } from '../systems/connector.ts';
import { ConnectorError, type NamedConnector } from '../systems/load-system-parts.ts';
import type { ExposedSchema } from '../site/expose.ts';
import type { GraphqlContext } from './context.ts';
import { createSelectionReader, type SelectionReader } from './selection-of.ts';

type Resolver = GraphQLFieldResolver<unknown, GraphqlContext, Readonly<Record<string, unknown>>>;

/**
 * The schema with what connectors add to it.
 *
 * @throws ConnectorError where a connector does not fit: a name that is taken, a field without a resolver or the other way
 *   round, a field that may not be null
 */
export function withConnectors(
  schema: GraphQLSchema,
  exposed: ExposedSchema,
  connectors: readonly NamedConnector[],
): GraphQLSchema {
  const selections = createSelectionReader(exposed);
  return connectors.reduce((current, entry) => connect(current, exposed, selections, entry), schema);
}

// oxlint-disable-next-line max-params
function connect(
  schema: GraphQLSchema,
  exposed: ExposedSchema,
  selections: SelectionReader,
  { name, connector }: NamedConnector,
): GraphQLSchema {
  let extended: GraphQLSchema;
  let definitions: ReturnType<typeof parse>['definitions'];
  try {
    const document = parse(connector.typeDefs);
    ({ definitions } = document);
    extended = extendSchema(schema, document);
  } catch (error) {
    throw new ConnectorError(
      name,
      error instanceof Error ? error.message : 'its typeDefs cannot be read',
      error,
    );
  }
  const wanted = new Map<string, Resolver>();
  for (const [type, fields] of Object.entries(connector.fields ?? {})) {
    for (const [field, run] of Object.entries(fields))
      wanted.set(`${type}.${field}`, ofRows(name, field, run));
  }
  for (const [field, run] of Object.entries(connector.queries ?? {})) {
    wanted.set(`Query.${field}`, ofRoot(name, run));
  }
  for (const [field, run] of Object.entries(connector.mutations ?? {})) {
    wanted.set(`Mutation.${field}`, ofMutation(name, field, run));
  }
  const links = linkResolvers(exposed, selections);
  for (const definition of definitions) {
    if (definition.kind === Kind.OBJECT_TYPE_EXTENSION) attach(extended, name, definition, wanted);
    if (definition.kind === Kind.OBJECT_TYPE_DEFINITION) attachLinks(extended, definition, links);
  }
  const [left] = wanted.keys();
  if (left !== undefined)
    throw new ConnectorError(name, `${left} has a resolver, but typeDefs do not add it.`);
  return extended;
}

function attach(
  schema: GraphQLSchema,
  name: string,
  definition: ObjectTypeExtensionNode,
  wanted: Map<string, Resolver>,
): void {
  const type = schema.getType(definition.name.value) as GraphQLObjectType;
  for (const { name: node } of definition.fields ?? []) {
    const place = `${type.name}.${node.value}`;
    const field = type.getFields()[node.value];
    const resolve = wanted.get(place);
    if (field === undefined || resolve === undefined)
      throw new ConnectorError(name, `${place} has no resolver.`);
    if (isNonNullType(field.type)) {
      throw new ConnectorError(
        name,
        `${place} must be nullable: a system that is down costs its own fields only.`,
      );
    }
    field.resolve = resolve as never;
    wanted.delete(place);
  }
}

/** Ids of so many rows still fit into an address. */
const MAX_ROWS = 500;

/** All rows that ask for the field with these arguments in one call, however many aliases and branches they stand in. */
function ofRows(system: string, field: string, run: RowsResolver): Resolver {
  const loaders = new WeakMap<GraphqlContext, Map<string, DataLoader<ConnectedRow, unknown, string>>>();
  return (root, args, context) => {
    const call = context.systems(system);
    if (call === null) return null;
    const ofRequest = loaders.get(context) ?? new Map<string, DataLoader<ConnectedRow, unknown, string>>();
    loaders.set(context, ofRequest);
    const { type, id } = root as ConnectedRow;
    const key = JSON.stringify([type, args]);
    const loader =
      ofRequest.get(key) ??
      new DataLoader<ConnectedRow, unknown, string>(
        (rows) => guarded(system, () => valuesOf(system, field, rows, run(rows, args, call))),
        { cacheKeyFn: (row) => `${row.type}:${row.id}`, maxBatchSize: MAX_ROWS },
      );
    ofRequest.set(key, loader);
    return loader.load({ type, id });
  };
}

// oxlint-disable-next-line max-params
async function valuesOf(
  system: string,
  field: string,
  rows: readonly ConnectedRow[],
  running: Promise<readonly unknown[]>,
): Promise<readonly unknown[]> {
  const values = await running;
  if (Array.isArray(values) && values.length === rows.length) return values;
  throw new AppError('SYSTEM_BROKEN', { details: { system, field, reason: 'count' } });
}

function ofRoot(system: string, run: RootResolver): Resolver {
  return (_root, args, context) => {
    const call = context.systems(system);
    return call === null ? null : guarded(system, () => run(args, call));
  };
}

/** What is changed in another system stands in the same trail. */
function ofMutation(system: string, field: string, run: RootResolver): Resolver {
  return async (_root, args, context) => {
    const call: ConnectorCall | null = context.systems(system);
    if (call === null) return null;
    try {
      const result = await guarded(system, () => run(args, call));
      context.recordSystemChange(system, field, null);
      return result;
    } catch (error) {
      context.recordSystemChange(system, field, toAppError(error));
      throw error;
    }
  };
}

/** A mistake of a connector is the system's trouble: nothing of it is shown, and nothing else fails. */
async function guarded<T>(system: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('SYSTEM_BROKEN', { details: { system, reason: 'connector' }, cause });
  }
}

/** Fields of a connector's own types that are ShotGrid rows: it gives `{id}`, and the row is read as the person. */
const linkResolvers =
  (exposed: ExposedSchema, selections: SelectionReader) =>
  (field: string, graphqlType: string): Resolver | undefined => {
    const target = [...exposed.types.values()].find((type) => type.graphqlName === graphqlType);
    if (target === undefined) return undefined;
    return (root, _args, context, info) => {
      const id = (root as Readonly<Record<string, { readonly id?: unknown } | null | undefined>>)[field]?.id;
      if (typeof id !== 'number') return null;
      return context.reader.one(target.type, id, selections.of(info, target.type));
    };
  };

function attachLinks(
  schema: GraphQLSchema,
  definition: ObjectTypeDefinitionNode,
  resolverOf: (field: string, graphqlType: string) => Resolver | undefined,
): void {
  const type = schema.getType(definition.name.value);
  if (!isObjectType(type)) return;
  for (const field of Object.values(type.getFields())) {
    const resolve = resolverOf(field.name, getNamedType(field.type).name);
    if (resolve !== undefined) field.resolve = resolve as never;
  }
}
