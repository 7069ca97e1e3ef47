import {
  execute,
  type DocumentNode,
  type ExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  isNonNullType,
  Kind,
  type SelectionSetNode,
} from 'graphql';
import { AppError } from '../../base/errors.ts';
import type { RefusalPlaces } from '../../config/config.ts';
import { parseGraphqlAnswer } from '../../systems/graphql-answer.ts';
import { AnswerError } from '../../systems/system-errors.ts';
import { fieldOf } from './upstreams.ts';

/**
 * The schema for reading answers. Root fields are nullable in it, so that an unreadable value does not null the
 * others.
 */
export interface ReadingSchema {
  readonly schema: GraphQLSchema;
  /** Root fields that the system declares non-null. */
  readonly neverNull: ReadonlySet<unknown>;
}

/** @param schema the system's own; it becomes part of the result */
export function readingSchema(schema: GraphQLSchema): ReadingSchema {
  const neverNull = new Set<unknown>();
  for (const root of [schema.getQueryType(), schema.getMutationType()]) {
    for (const field of Object.values(root?.getFields() ?? {})) {
      if (!isNonNullType(field.type)) continue;
      field.type = field.type.ofType;
      neverNull.add(field);
    }
  }
  return { schema, neverNull };
}

/** Reads a system's answer, with an error at the place of each lost or unreadable value. */
export function readRemoteAnswer(asked: AskedRemote, answer: unknown): Promise<ExecutionResult> {
  const { system, document } = asked;
  return withWrong(asked, withLost(system, document, resultOf(asked, answer)));
}

/**
 * A failed non-null root field nulls the other root fields too. Each of those gets an error at its own place,
 * because null would mean that there is no value.
 */
function withLost(system: string, document: DocumentNode, result: ExecutionResult): ExecutionResult {
  const { data, errors = [] } = result;
  if (errors.some(({ path }) => path === undefined)) return result;
  const told = new Set(errors.map(({ path }) => path?.[0]));
  const lost = rootKeysOf(document).filter((key) => data?.[key] === undefined && !told.has(key));
  if (lost.length === 0) return result;
  const more = lost.map((key) => {
    const error = new AppError('SYSTEM_BROKEN', { details: { system, reason: 'lost' } });
    return new GraphQLError(error.message, { path: [key], originalError: error });
  });
  return { ...result, errors: [...errors, ...more] };
}

/** A document that was sent to a system, with the schema to read its answer. */
export interface AskedRemote {
  readonly system: string;
  readonly reading: ReadingSchema;
  /** Where its errors have their sentences for the person. */
  readonly refusal?: RefusalPlaces | undefined;
  readonly document: DocumentNode;
  readonly variables: unknown;
}

/**
 * The library that merges answers turns a value that does not fit its type into null. This adds an error at each
 * such place.
 */
async function withWrong(
  { system, reading: { schema, neverNull }, document, variables }: AskedRemote,
  result: ExecutionResult,
): Promise<ExecutionResult> {
  if (result.data === undefined || result.data === null) return result;
  const read = await execute({
    schema,
    document,
    rootValue: result.data,
    variableValues: variables as Readonly<Record<string, unknown>>,
    fieldResolver(
      source: Readonly<Record<string, unknown>>,
      _args,
      _context,
      { path, parentType, fieldName },
    ) {
      const value = source[path.key];
      const isNever = path.prev === undefined && neverNull.has(parentType.getFields()[fieldName]);
      if (isNever && (value ?? null) === null) throw new Error('null where the system says there is none');
      return value;
    },
  });
  const { errors = [] } = result;
  // An unreadable answer is dropped entirely.
  if (read.data === undefined || read.data === null) return unread(system, document, errors);
  const toldAt = new Set(errors.map(({ path }) => String(path)));
  const more = (read.errors ?? []).flatMap((wrong): GraphQLError[] => {
    const { path = [], nodes } = wrong;
    // A value that the system could not supply is null and already has an error.
    if (path.some((_, index) => toldAt.has(String(path.slice(0, index + 1))))) return [];
    const field = fieldOf(nodes?.[0], schema, document);
    const broken = new AppError('SYSTEM_BROKEN', {
      details: { system, field, reason: 'value' },
      cause: wrong,
    });
    const error = path.length > 1 ? new AnswerError(broken, 'done') : broken;
    return [new GraphQLError(error.message, { path, originalError: error })];
  });
  return more.length === 0 ? result : { data: read.data, errors: [...errors, ...more] };
}

function unread(system: string, document: DocumentNode, errors: readonly GraphQLError[]): ExecutionResult {
  const more = rootKeysOf(document).map((key) => {
    const error = new AppError('SYSTEM_BROKEN', { details: { system, reason: 'value' } });
    return new GraphQLError(error.message, { path: [key], originalError: error });
  });
  return { data: null, errors: [...errors, ...more] };
}

/** Names of the root fields in the answer. */
function rootKeysOf(document: DocumentNode): readonly string[] {
  const fragments = new Map(
    document.definitions.flatMap((each) =>
      each.kind === Kind.FRAGMENT_DEFINITION ? [[each.name.value, each.selectionSet] as const] : [],
    ),
  );
  const keysOf = (selectionSet: SelectionSetNode | undefined): readonly string[] =>
    (selectionSet?.selections ?? []).flatMap((selection) => {
      if (selection.kind === Kind.FIELD) return [(selection.alias ?? selection.name).value];
      return keysOf(
        selection.kind === Kind.INLINE_FRAGMENT
          ? selection.selectionSet
          : fragments.get(selection.name.value),
      );
    });
  return document.definitions.flatMap((each) =>
    each.kind === Kind.OPERATION_DEFINITION ? keysOf(each.selectionSet) : [],
  );
}

function resultOf({ system, refusal }: AskedRemote, answer: unknown): ExecutionResult {
  const { data, errors } = parseGraphqlAnswer(system, answer, refusal);
  if (errors.length === 0) return { data };
  return {
    data,
    errors: errors.map(({ path, error }) => new GraphQLError(error.message, { path, originalError: error })),
  };
}
