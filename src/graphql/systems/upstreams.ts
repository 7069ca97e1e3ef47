import { grouped } from '../../base/bare.ts';
import {
  type ASTNode,
  defaultFieldResolver,
  type DocumentNode,
  type GraphQLError,
  type GraphQLField,
  getNamedType,
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isLeafType,
  isListType,
  isNonNullType,
  Kind,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { hasLeft } from '../../base/deadline.ts';
import { AppError } from '../../base/errors.ts';
import { takeRoom } from '../request/answer-room.ts';
import { asLists, untilOver } from '../request/in-time.ts';
import { hasOwnResolver } from '../resolve/own-resolvers.ts';
import { fieldsOfObjects } from '../types/object-fields.ts';

/** Extension of a field or a type that a system adds. Its value is the system's name. */
const UPSTREAM = 'shotgraphUpstream';
const SHOTGRID = 'ShotGrid';

interface Marked {
  extensions: Readonly<Record<string, unknown>>;
}

/** Marks a field or a type as added by a system. */
export function markUpstream(added: Marked, system: string): void {
  added.extensions = { ...added.extensions, [UPSTREAM]: system };
}

/** The system that adds a field; undefined for ShotGrid's. */
export const upstreamOf = (field: Marked): string | undefined => systemOf(field);

function systemOf(...places: readonly (Marked | null | undefined)[]): string | undefined {
  for (const place of places) {
    const system = place?.extensions[UPSTREAM];
    if (typeof system === 'string') return system;
  }
  return undefined;
}

/**
 * Ends every resolver with its request: a connector may wait on its own calls, or on a promise that never settles.
 * A value that is late becomes an error at its place. If a system returns something else for an object, that is an
 * error too, instead of nulls. The items of its lists have one bound for the request.
 */
export function withUpstreams(schema: GraphQLSchema): GraphQLSchema {
  for (const [type, field] of fieldsOfObjects(schema)) {
    const system = systemOf(field, type);
    if (system !== undefined || hasOwnResolver(field)) guard(type, field, system);
  }
  return schema;
}

function guard(
  type: GraphQLNamedType & Marked,
  field: GraphQLField<unknown, { readonly signal: AbortSignal }>,
  system: string | undefined,
): void {
  const { resolve = defaultFieldResolver } = field;
  const place = `${type.name}.${field.name}`;
  const isOfSystem = systemOf(type) !== undefined;
  const depth = system === undefined ? 0 : depthOf(field.type);
  const named = getNamedType(field.type);
  // Rows of ShotGrid are counted where they are read.
  const isCounted = isLeafType(named) || systemOf(named) !== undefined;
  field.resolve = (root, args, context, info) => {
    if (isOfSystem && (typeof root !== 'object' || root === null)) throw brokenValue(system, place);
    const count = (items: number): void => {
      if (isCounted) takeRoom(context, items);
    };
    const value = asLists(resolve(root, args, context, info), depth, count);
    return untilOver(context.signal, value, () => lateValue(context.signal, system, place));
  };
}

/** Of lists within lists. */
function depthOf(type: GraphQLOutputType): number {
  if (isNonNullType(type)) return depthOf(type.ofType);
  return isListType(type) ? 1 + depthOf(type.ofType) : 0;
}

/** The error in the place of a value that comes after the request. */
export function lateValue(signal: AbortSignal, system: string | undefined, field: string): AppError {
  if (hasLeft(signal)) return new AppError('CLIENT_LEFT');
  return system === undefined
    ? new AppError('UPSTREAM_TIMEOUT', { details: { field } })
    : new AppError('SYSTEM_TIMEOUT', { details: { system, field } });
}

const brokenValue = (system: string | undefined, field: string, cause?: unknown): AppError =>
  system === undefined
    ? new AppError('UPSTREAM_BROKEN', { details: { upstream: SHOTGRID, field, reason: 'value' }, cause })
    : new AppError('SYSTEM_BROKEN', { details: { system, field, reason: 'value' }, cause });

/**
 * Explains graphql-js's errors about values that do not fit their types: which system returned the value, and in
 * which field. Evaluated only if there are such errors.
 */
export function brokenValues(
  errors: readonly GraphQLError[],
  schema: GraphQLSchema,
  document: DocumentNode,
): ReadonlyMap<GraphQLError, AppError> {
  const wrong = errors.filter(isOfValue);
  const meant = new Map<GraphQLError, AppError>();
  if (wrong.length === 0) return meant;
  const byNode = grouped<unknown, GraphQLError>(wrong, ({ nodes = [] }) => nodes[0]);
  const types = new TypeInfo(schema);
  const look = {
    enter(node: ASTNode): void {
      const found = node.kind === Kind.FIELD ? byNode.get(node) : undefined;
      if (found === undefined) return;
      const parent = types.getParentType();
      const field = types.getFieldDef();
      const system = systemOf(field, parent);
      for (const error of found) {
        const cause = causeOf(error);
        if (system === undefined && !isOfGraphql(cause)) continue;
        meant.set(error, brokenValue(system, `${parent?.name}.${field?.name}`, cause));
      }
    },
  };
  visit(document, visitWithTypeInfo(types, look));
  return meant;
}

/** `Type.field` of a field of a document. */
export function fieldOf(
  wanted: ASTNode | undefined,
  schema: GraphQLSchema,
  document: DocumentNode,
): string | undefined {
  const types = new TypeInfo(schema);
  let place: string | undefined;
  const look = {
    enter(node: ASTNode): void {
      if (node === wanted) place = `${types.getParentType()?.name}.${types.getFieldDef()?.name}`;
    },
  };
  visit(document, visitWithTypeInfo(types, look));
  return place;
}

/** graphql-js attaches wrong arguments to the argument's node, wrong values to the field's node. */
function isOfValue(error: GraphQLError): boolean {
  if (error.path === undefined || error.nodes?.[0]?.kind !== Kind.FIELD) return false;
  const cause = causeOf(error);
  return !(cause instanceof AppError) || cause.details?.['reason'] === UNPLACED;
}

/** Reason of a wrong value whose place in the schema is unknown. */
const UNPLACED = 'wrongValue';

function causeOf(error: GraphQLError): unknown {
  let cause: unknown = error;
  while (isGraphqlError(cause) && cause.originalError !== undefined && cause.originalError !== null)
    cause = cause.originalError;
  return cause;
}

const isGraphqlError = (error: unknown): error is GraphQLError =>
  error instanceof Error && error.name === 'GraphQLError';

/** A bug of ours is not a failure of ShotGrid. */
const isOfGraphql = (cause: unknown): boolean =>
  isGraphqlError(cause) ||
  cause instanceof AppError ||
  (cause instanceof Error && cause.message.startsWith('Cannot return null for non-nullable field '));
