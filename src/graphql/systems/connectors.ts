import {
  type ASTNode,
  defaultFieldResolver,
  type DocumentNode,
  extendSchema,
  getNamedType,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  GraphQLSchema,
  type GraphQLTypeResolver,
  isAbstractType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type ObjectTypeDefinitionNode,
  type ObjectTypeExtensionNode,
  parse,
} from 'graphql';
import { validateSDL } from 'graphql/validation/validate.js';
import { UNEXPOSED_TYPE } from '../../query/decode/field-values.ts';
import type { NamedConnector } from '../../systems/load-system-parts.ts';
import type { ExposedSchema } from '../../site/expose.ts';
import { connectorOf, ofMutation, ofRoot, ofRows, type Resolver } from './connector-resolvers.ts';
import type { GraphqlContext } from '../request/context.ts';
import { createSelectionReader, SYSTEM } from '../request/selection-of.ts';
import { mistakeAt, sdlMistake } from './sdl-mistakes.ts';
import { createRowsReader } from './system-rows.ts';
import { markUpstream } from './upstreams.ts';

/** The interface of ShotGrid's rows. */
const ENTITY = 'Entity';

/** A connector, or the classes of an extension in the same form. */
export interface GraphPart extends NamedConnector {
  /** By type and field: resolvers of its fields, in place of those of the connector; also of its own types. */
  readonly resolvers?: ReadonlyMap<string, Resolver>;
  /** Its scalars and enums: SDL cannot say their values. */
  readonly leaves?: readonly GraphQLNamedType[];
  /** Its interfaces and unions: the name of the type of a value. */
  readonly resolveTypes?: ReadonlyMap<string, GraphQLTypeResolver<unknown, GraphqlContext>>;
}

/**
 * Extends the schema with the connectors' parts.
 *
 * @throws ConnectorError if a connector does not fit: a name is taken, a field has no resolver or a resolver no
 * field, a field is not nullable, or a type is reserved for ShotGrid
 */
export function withConnectors(
  schema: GraphQLSchema,
  exposed: ExposedSchema,
  connectors: readonly GraphPart[],
): GraphQLSchema {
  let whole = schema;
  const documents = connectors.map((entry) => {
    const document = documentOf(entry);
    whole = extended(withLeaves(whole, entry), document, entry);
    return document;
  });
  // Only the whole schema shows which types implement an interface or belong to a union.
  const graph = graphOf(whole, schema, exposed);
  connectors.forEach((entry, index) => connect(graph, entry, documents[index]?.definitions ?? []));
  return whole;
}

function withLeaves(schema: GraphQLSchema, { name, leaves = [] }: GraphPart): GraphQLSchema {
  if (leaves.length === 0) return schema;
  for (const leaf of leaves) markUpstream(leaf, name);
  const config = schema.toConfig();
  return new GraphQLSchema({ ...config, types: [...config.types, ...leaves] });
}

function documentOf(entry: NamedConnector): DocumentNode {
  try {
    return parse(entry.connector.typeDefs);
  } catch (error) {
    throw sdlMistake(entry, error);
  }
}

function extended(schema: GraphQLSchema, document: DocumentNode, entry: NamedConnector): GraphQLSchema {
  const [mistake] = validateSDL(document, schema);
  if (mistake !== undefined) throw sdlMistake(entry, mistake);
  try {
    return extendSchema(schema, document, { assumeValidSDL: true });
  } catch (error) {
    throw sdlMistake(entry, error);
  }
}

interface Graph {
  readonly schema: GraphQLSchema;
  /** Types of ShotGrid's rows. */
  readonly rowTypes: ReadonlySet<string>;
  /** Our types that contain rows at some depth. */
  readonly holders: ReadonlySet<string>;
  readonly rowsReader: ReturnType<typeof createRowsReader>;
}

function graphOf(schema: GraphQLSchema, own: GraphQLSchema, exposed: ExposedSchema): Graph {
  const rowTypes = new Set([...exposed.types.values()].map(({ graphqlName }) => graphqlName));
  return {
    schema,
    rowTypes,
    holders: holdersIn(own, rowTypes),
    rowsReader: createRowsReader(exposed, createSelectionReader(exposed)),
  };
}

function holdersIn(own: GraphQLSchema, rowTypes: ReadonlySet<string>): ReadonlySet<string> {
  const holders = new Set([UNEXPOSED_TYPE]);
  const others = Object.values(own.getTypeMap()).filter(
    (type): type is GraphQLObjectType => isObjectType(type) && !rowTypes.has(type.name),
  );
  const holdsRows = ({ type }: GraphQLField<unknown, unknown>): boolean => {
    const named = getNamedType(type);
    return isAbstractType(named) || rowTypes.has(named.name) || holders.has(named.name);
  };
  for (let before = -1; before < holders.size;) {
    before = holders.size;
    for (const type of others) if (Object.values(type.getFields()).some(holdsRows)) holders.add(type.name);
  }
  return holders;
}

function resolversOf({ name, connector }: NamedConnector): Map<string, Resolver> {
  const origin = connectorOf(name);
  const wanted = new Map<string, Resolver>();
  for (const [type, fields] of Object.entries(connector.fields ?? {})) {
    for (const [field, run] of Object.entries(fields))
      wanted.set(`${type}.${field}`, ofRows(origin, field, run));
  }
  for (const [field, run] of Object.entries(connector.queries ?? {})) {
    wanted.set(`Query.${field}`, ofRoot(origin, field, run));
  }
  for (const [field, run] of Object.entries(connector.mutations ?? {})) {
    wanted.set(`Mutation.${field}`, ofMutation(origin, field, run));
  }
  return wanted;
}

function connect(graph: Graph, entry: GraphPart, definitions: DocumentNode['definitions']): void {
  const { name } = entry;
  const wanted = entry.resolvers === undefined ? resolversOf(entry) : new Map(entry.resolvers);
  for (const definition of definitions) {
    if (definition.kind === Kind.OBJECT_TYPE_EXTENSION) attach(graph, entry, definition, wanted);
    if (
      'name' in definition &&
      definition.name !== undefined &&
      definition.kind !== Kind.OBJECT_TYPE_EXTENSION
    ) {
      const type = graph.schema.getType(definition.name.value);
      if (type !== undefined) markUpstream(type, name);
      if (isAbstractType(type)) type.resolveType = entry.resolveTypes?.get(type.name) ?? type.resolveType;
    }
    if (definition.kind === Kind.OBJECT_TYPE_DEFINITION) attachRows(graph, entry, definition, wanted);
  }
  const [left] = wanted.keys();
  if (left !== undefined)
    throw sdlMistake(entry, new Error(`${left} has a resolver, but typeDefs do not add it.`));
}

function attach(
  graph: Graph,
  entry: NamedConnector,
  definition: ObjectTypeExtensionNode,
  wanted: Map<string, Resolver>,
): void {
  const type = graph.schema.getType(definition.name.value) as GraphQLObjectType;
  const isRoot = type === graph.schema.getQueryType() || type === graph.schema.getMutationType();
  const isOfRow = graph.rowTypes.has(type.name);
  const { name } = entry;
  for (const node of definition.fields ?? []) {
    const place = `${type.name}.${node.name.value}`;
    if (!isRoot && !isOfRow) {
      throw mistakeAt(
        entry,
        node,
        `${place} cannot be added: fields are added to types of ShotGrid's rows, to Query and to Mutation.`,
      );
    }
    const field = type.getFields()[node.name.value];
    const resolve = wanted.get(place);
    if (field === undefined || resolve === undefined)
      throw mistakeAt(entry, node, `${place} has no resolver.`);
    if (isNonNullType(field.type)) {
      throw mistakeAt(
        entry,
        node,
        `${place} must be nullable: a system that is down costs its own fields only.`,
      );
    }
    markUpstream(field, name);
    if (isOfRow) field.extensions = { ...field.extensions, [SYSTEM]: name };
    field.resolve = withRows(graph, entry, place, { field, resolve, node });
    wanted.delete(place);
  }
}

/** Fields of own types keep the values that the system gave, except for ShotGrid rows in them. */
// oxlint-disable-next-line max-params
function attachRows(
  graph: Graph,
  entry: GraphPart,
  definition: ObjectTypeDefinitionNode,
  wanted: Map<string, Resolver>,
): void {
  const type = graph.schema.getType(definition.name.value);
  if (!isObjectType(type)) return;
  if (type.getInterfaces().some(({ name: of }) => of === ENTITY))
    throw mistakeAt(entry, definition, `${type.name} cannot be an Entity: those are ShotGrid's rows.`);
  for (const field of Object.values(type.getFields())) {
    const node = field.astNode ?? definition;
    const place = `${type.name}.${field.name}`;
    const own = entry.resolvers?.get(place) ?? defaultFieldResolver;
    wanted.delete(place);
    const resolve = withRows(graph, entry, place, { field, resolve: own, node });
    if (resolve === own) {
      if (own !== defaultFieldResolver) field.resolve = own;
      continue;
    }
    if (isNonNullType(field.type) && !isListType(field.type.ofType)) {
      throw mistakeAt(
        entry,
        node,
        `${place} must be nullable: it is a row of ShotGrid, and not everybody may see it.`,
      );
    }
    field.resolve = resolve;
  }
}

interface FieldToAttach {
  readonly field: GraphQLField<unknown, unknown>;
  readonly resolve: Resolver;
  /** The place of its definition. */
  readonly node: ASTNode;
}

/** The resolver, which also reads the named ShotGrid rows as the person. */
// oxlint-disable-next-line max-params
function withRows(
  { schema, holders, rowsReader }: Graph,
  entry: NamedConnector,
  place: string,
  { field, resolve, node }: FieldToAttach,
): Resolver {
  const named = getNamedType(field.type);
  const possible = isAbstractType(named) ? schema.getPossibleTypes(named) : [named];
  const holder = possible.find(({ name }) => holders.has(name));
  // An unexposed type is shown as an Entity, and no answer can name it.
  if (holder !== undefined && named.name !== ENTITY) {
    throw mistakeAt(
      entry,
      node,
      `${place} cannot be ${holder.name}: what it holds is ShotGrid's to say. Give rows, such as [Version].`,
    );
  }
  const rowsOf = rowsReader(schema, field.type, { system: entry.name, field: field.name });
  if (rowsOf === undefined) return resolve;
  return async (root, args, context, info) => {
    const value = Promise.resolve().then(() => resolve(root, args, context, info));
    return rowsOf(value, context, info);
  };
}
