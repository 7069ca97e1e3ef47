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
import { parseGraphqlAnswer } from '../../systems/graphql-answer.ts';
import { fieldOf } from './upstreams.ts';

/** By what answers are read: a root field whose value cannot be read takes no other with it. */
export interface ReadingSchema {
  readonly schema: GraphQLSchema;
  /** Root fields that the system never answers with null. */
  readonly neverNull: ReadonlySet<unknown>;
}

/** @param schema as the system has it; it becomes part of the result */
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

/** What a system answered, with an error at the place of each value that was lost or cannot be read. */
export function readRemoteAnswer(asked: AskedRemote, answer: unknown): Promise<ExecutionResult> {
  const { system, document } = asked;
  return withWrong(asked, withLost(system, document, resultOf(system, answer)));
}

/**
 * A root field that may not be null takes the others with it when it fails: each that was lost with it is an error at its
 * own place, for null would say that there is nothing.
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

export interface AskedRemote {
  readonly system: string;
  readonly reading: ReadingSchema;
  readonly document: DocumentNode;
  readonly variables: unknown;
}

/** The library that merges answers takes a value that its type cannot hold for null. Each is an error at its place. */
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
  // What nobody can read reaches nobody.
  if (read.data === undefined || read.data === null) return unread(system, document, errors);
  const toldAt = new Set(errors.map(({ path }) => String(path)));
  const more = (read.errors ?? []).flatMap((wrong): GraphQLError[] => {
    const { path = [], nodes } = wrong;
    // What the system could not give is null there, and has its error.
    if (path.some((_, index) => toldAt.has(String(path.slice(0, index + 1))))) return [];
    const field = fieldOf(nodes?.[0], schema, document);
    const error = new AppError('SYSTEM_BROKEN', {
      details: { system, field, reason: 'value' },
      cause: wrong,
    });
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

function resultOf(system: string, answer: unknown): ExecutionResult {
  const { data, errors } = parseGraphqlAnswer(system, answer);
  if (errors.length === 0) return { data };
  return {
    data,
    errors: errors.map(({ path, error }) => new GraphQLError(error.message, { path, originalError: error })),
  };
}
