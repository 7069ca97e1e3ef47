import {
  type ASTNode,
  type DefinitionNode,
  type DocumentNode,
  extendSchema,
  getNamedType,
  type GraphQLError,
  type GraphQLField,
  type GraphQLObjectType,
  GraphQLSchema,
  isAbstractType,
  isObjectType,
  Kind,
  parse,
  validateSchema,
} from 'graphql';
import { validateSDL } from 'graphql/validation/validate.js';
import { UNEXPOSED_TYPE } from '../../query/decode/field-values.ts';
import type { ExposedSchema } from '../../site/expose.ts';
import { createSelectionReader } from '../request/selection-of.ts';
import type { DeclaredFields } from '../resolve/declared-fields.ts';
import { attachField, ENTITY, type Graph } from './attach-field.ts';
import type { GraphPart } from './graph-part.ts';
import { mistakeAt, mistakeIn, sdlMistake } from './sdl-mistakes.ts';
import { createRowsReader } from './system-rows.ts';
import { markUpstream } from './upstreams.ts';

/** What parts are added to. */
export interface PartsTarget {
  readonly exposed: ExposedSchema;
  readonly declared: DeclaredFields;
}

/**
 * Extends the schema with these parts. Whatever a part declares is in it.
 *
 * @throws ConnectorError if a part does not fit: a name is taken, a field has no resolver or a resolver no field, a
 * field is not nullable, a type is reserved for ShotGrid, or something would have no effect
 */
export function withParts(
  schema: GraphQLSchema,
  target: PartsTarget,
  parts: readonly GraphPart[],
): GraphQLSchema {
  if (parts.length === 0) return schema;
  const documents = parts.map((part) => ({ part, document: documentOf(part) }));
  for (const { part, document } of documents)
    for (const definition of document.definitions) assertHasEffect(schema, part, definition);
  // All at once: parts may name types of each other.
  const whole = extended(parts.reduce(withLeaves, schema), documents);
  // Only the whole schema shows which types implement an interface or belong to a union.
  const graph = graphOf(whole, schema, target);
  for (const { part, document } of documents) connect(graph, part, document);
  return whole;
}

interface PartDocument {
  readonly part: GraphPart;
  readonly document: DocumentNode;
}

function withLeaves(schema: GraphQLSchema, part: GraphPart): GraphQLSchema {
  const leaves = [...(part.leaves ?? [])];
  if (leaves.length === 0) return schema;
  for (const [leaf, place] of leaves) {
    if (schema.getType(leaf.name) !== undefined)
      throw mistakeIn(
        { ...part, file: place },
        undefined,
        `Type "${leaf.name}" already exists in the schema.`,
      );
    markUpstream(leaf, part.name);
  }
  const config = schema.toConfig();
  return new GraphQLSchema({ ...config, types: [...config.types, ...leaves.map(([leaf]) => leaf)] });
}

function documentOf(part: GraphPart): DocumentNode {
  try {
    return parse(part.typeDefs);
  } catch (error) {
    throw sdlMistake(part, error);
  }
}

function extended(schema: GraphQLSchema, documents: readonly PartDocument[]): GraphQLSchema {
  const definitions = documents.flatMap(({ document }) => document.definitions);
  const document: DocumentNode = { kind: Kind.DOCUMENT, definitions };
  const [mistake] = validateSDL(document, schema);
  // Of two with one name the last one is the mistake.
  if (mistake !== undefined) throw mistakeAmong(documents, mistake, mistake.nodes?.toReversed());
  const whole = extendSchema(schema, document, { assumeValidSDL: true });
  const [unfit] = validateSchema(whole);
  if (unfit !== undefined) throw mistakeAmong(documents, unfit, unfit.nodes);
  return whole;
}

/** The error of the part that has the first of these nodes. */
function mistakeAmong(
  documents: readonly PartDocument[],
  error: GraphQLError,
  nodes: readonly ASTNode[] = [],
): Error {
  for (const node of nodes) {
    const owner = documents.find(({ document }) => document.loc?.source === node.loc?.source);
    if (owner !== undefined && node.loc !== undefined) return mistakeAt(owner.part, node, error.message);
  }
  return error;
}

function graphOf(schema: GraphQLSchema, own: GraphQLSchema, { exposed, declared }: PartsTarget): Graph {
  const rowTypes = new Set([...exposed.types.values()].map(({ graphqlName }) => graphqlName));
  return {
    schema,
    rowTypes,
    ours: new Set(Object.keys(own.getTypeMap())),
    holders: holdersIn(own, rowTypes),
    rowsReader: createRowsReader(exposed, createSelectionReader(exposed)),
    declared,
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

function connect(graph: Graph, part: GraphPart, { definitions }: DocumentNode): void {
  const attached = new Set<string>();
  for (const definition of definitions) {
    const type = 'name' in definition ? graph.schema.getType(definition.name?.value ?? '') : undefined;
    if (type === undefined) continue;
    const isOwn = !graph.ours.has(type.name);
    if (isOwn && !definition.kind.endsWith('Extension')) markUpstream(type, part.name);
    if (isAbstractType(type)) type.resolveType = part.resolveTypes?.get(type.name) ?? type.resolveType;
    if (!isObjectType(type) || !('fields' in definition)) continue;
    if (isOwn && type.getInterfaces().some(({ name }) => name === ENTITY))
      throw mistakeAt(part, definition, `${type.name} cannot be an Entity: those are ShotGrid's rows.`);
    for (const node of definition.fields ?? []) {
      const field = type.getFields()[node.name.value];
      if (field === undefined || node.kind !== Kind.FIELD_DEFINITION) continue;
      const place = `${type.name}.${field.name}`;
      attachField(graph, { part, type, field, node, place });
      attached.add(place);
    }
  }
  assertAllAttached(graph, part, attached);
}

/** A resolver without a field would never run. */
function assertAllAttached({ schema }: Graph, part: GraphPart, attached: ReadonlySet<string>): void {
  for (const [place, { run }] of part.sources) {
    if (attached.has(place)) continue;
    const [type = ''] = place.split('.');
    const problem = isAbstractType(schema.getType(type))
      ? `${place} has a resolver, but ${type} is no object type. Give it to each type that may stand there.`
      : `${place} has a resolver, but typeDefs do not add it.`;
    throw mistakeIn(part, run, problem);
  }
}

/** What would be ignored is refused. */
function assertHasEffect(own: GraphQLSchema, part: GraphPart, definition: DefinitionNode): void {
  const problem = problemOf(own, definition);
  if (problem !== undefined) throw mistakeAt(part, definition, problem);
}

function problemOf(own: GraphQLSchema, definition: DefinitionNode): string | undefined {
  switch (definition.kind) {
    case Kind.OPERATION_DEFINITION:
    case Kind.FRAGMENT_DEFINITION:
      return 'typeDefs hold types, and no operations.';
    case Kind.SCHEMA_DEFINITION:
    case Kind.SCHEMA_EXTENSION:
      return 'The schema is there already: extend the types Query and Mutation.';
    case Kind.DIRECTIVE_DEFINITION:
      return `Nothing would carry out the directive @${definition.name.value}. Leave it out.`;
    case Kind.OBJECT_TYPE_DEFINITION:
      return definition.name.value === 'Subscription'
        ? 'There are no subscriptions here: the type cannot be called Subscription.'
        : undefined;
    case Kind.INTERFACE_TYPE_EXTENSION:
    case Kind.UNION_TYPE_EXTENSION:
    case Kind.ENUM_TYPE_EXTENSION:
    case Kind.INPUT_OBJECT_TYPE_EXTENSION:
    case Kind.SCALAR_TYPE_EXTENSION:
      return own.getType(definition.name.value) !== undefined
        ? `${definition.name.value} cannot be extended: only types of ShotGrid's rows, Query and Mutation can.`
        : undefined;
    default:
      return undefined;
  }
}
