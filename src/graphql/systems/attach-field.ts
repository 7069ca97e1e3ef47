import {
  type ASTNode,
  defaultFieldResolver,
  type FieldDefinitionNode,
  getNamedType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  isAbstractType,
  isListType,
  isNonNullType,
} from 'graphql';
import type { GraphqlContext } from '../request/context.ts';
import {
  type DeclaredFields,
  type FieldSource,
  ofOwnRows,
  type Resolver,
} from '../resolve/declared-fields.ts';
import type { GraphPart } from './graph-part.ts';
import { mistakeAt } from './sdl-mistakes.ts';
import type { createRowsReader } from './system-rows.ts';
import { markUpstream } from './upstreams.ts';

/** The interface of ShotGrid's rows. */
export const ENTITY = 'Entity';

/** The whole schema, and what parts may do in it. */
export interface Graph {
  readonly schema: GraphQLSchema;
  /** Types of ShotGrid's rows. */
  readonly rowTypes: ReadonlySet<string>;
  /** Names that were there before any part. */
  readonly ours: ReadonlySet<string>;
  /** Our types that contain rows at some depth. */
  readonly holders: ReadonlySet<string>;
  readonly rowsReader: ReturnType<typeof createRowsReader>;
  readonly declared: DeclaredFields;
}

/** A field that a part adds. */
export interface Added {
  readonly part: GraphPart;
  readonly type: GraphQLObjectType<unknown, GraphqlContext>;
  readonly field: GraphQLField<unknown, GraphqlContext>;
  /** Its definition. */
  readonly node: FieldDefinitionNode;
  /** `Type.field`. */
  readonly place: string;
}

/**
 * Gives a field that a part adds its resolver.
 *
 * @throws ConnectorError if it does not fit
 */
export function attachField(graph: Graph, added: Added): void {
  const { part, type, field, node, place } = added;
  const { schema, rowTypes, ours } = graph;
  const isOwn = !ours.has(type.name);
  const isRoot = type === schema.getQueryType() || type === schema.getMutationType();
  if (!isOwn && !isRoot && !rowTypes.has(type.name)) {
    throw mistakeAt(
      part,
      node,
      `${place} cannot be added: fields are added to types of ShotGrid's rows, to types of systems, to Query and to Mutation.`,
    );
  }
  const resolve = resolverOf(graph, added);
  if (!isOwn && isNonNullType(field.type)) {
    throw mistakeAt(
      part,
      node,
      `${place} must be nullable: a system that is down costs its own fields only.`,
    );
  }
  const reading = withRows(graph, added, resolve);
  const isOneRow = reading !== resolve && isNonNullType(field.type) && !isListType(field.type.ofType);
  if (isOneRow) {
    throw mistakeAt(
      part,
      node,
      `${place} must be nullable: it is a row of ShotGrid, and not everybody may see it.`,
    );
  }
  markUpstream(field, part.name);
  if (reading !== defaultFieldResolver) field.resolve = reading;
}

/** Fields of own types without a resolver show what the system gave. */
function resolverOf({ rowTypes, ours, declared }: Graph, added: Added): Resolver {
  const { part, type, field, node, place } = added;
  const source = part.sources.get(place)?.source;
  const mistake = (message: string) => mistakeAt(part, node, message);
  if (source === undefined) {
    if (!ours.has(type.name)) return defaultFieldResolver;
    throw mistake(`${place} has no resolver.`);
  }
  if (source.kind === 'value') return source.resolve;
  if (rowTypes.has(type.name)) return declared.add({ type: type.name, field, source, mistake });
  if (ours.has(type.name))
    throw mistake(`${place} is no field of rows. Put its resolver into queries or mutations.`);
  assertNoNeeds(source, added);
  return ofOwnRows({ type: type.name, field, source });
}

function assertNoNeeds(source: FieldSource, { part, type, node, place }: Added): void {
  if (source.kind === 'value' || source.needs.length === 0) return;
  throw mistakeAt(
    part,
    node,
    `${place} cannot have needs: a row of ${type.name} is what the system gave, and no row of ShotGrid.`,
  );
}

/** The resolver, which also reads the named ShotGrid rows as the person. */
function withRows(graph: Graph, { part, field, node, place }: Added, resolve: Resolver): Resolver {
  const { schema, rowsReader } = graph;
  assertHoldsNothing(graph, { part, field, node, place });
  const rowsOf = rowsReader(schema, field.type, { system: part.name, field: field.name });
  if (rowsOf === undefined) return resolve;
  return async (root, args, context, info) => {
    const value = Promise.resolve().then(() => resolve(root, args, context, info));
    return rowsOf(value, context, info);
  };
}

interface Holding extends Pick<Added, 'part' | 'field' | 'place'> {
  readonly node: ASTNode;
}

function assertHoldsNothing({ schema, holders }: Graph, { part, field, node, place }: Holding): void {
  const named = getNamedType(field.type);
  const possible = isAbstractType(named) ? schema.getPossibleTypes(named) : [named];
  const holder = possible.find(({ name }) => holders.has(name));
  // An unexposed type is shown as an Entity, and no answer can name it.
  if (holder === undefined || named.name === ENTITY) return;
  throw mistakeAt(
    part,
    node,
    `${place} cannot be ${holder.name}: what it holds is ShotGrid's to say. Give rows, such as [Version].`,
  );
}
