import { type ApolloServerPlugin, type GraphQLRequestContext, HeaderMap } from '@apollo/server';
import {
  type DocumentNode,
  type ExecutionResult,
  getVariableValues,
  type GraphQLFormattedError,
  type GraphQLSchema,
  Kind,
  type NamedTypeNode,
  type OperationDefinitionNode,
  OperationTypeNode,
  type VariableDefinitionNode,
  visit,
} from 'graphql';
import { type CompiledQuery, compileQuery, isCompiledQuery } from 'graphql-jit';
import { compiledSizeOf } from './compiled-size.ts';
import type { GraphqlContext } from './context.ts';
import type { RecordErrors } from './error-records.ts';
import { isRemoteField } from './remote-field.ts';
import { JsonScalar } from './scalars.ts';

export interface CompiledExecutionDeps {
  readonly schema: GraphQLSchema;
  /** The funnel that the interpreter's errors go through. */
  format(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError;
  /** Told of the errors of an answer, before they are masked: Apollo tells nobody of those that it did not execute. */
  readonly recordErrors: RecordErrors;
}

type Run = CompiledQuery['query'];

/** A document is compiled when it comes again: for one that comes once, compiling costs more than it saves. */
const USES_BEFORE_COMPILING = 2;

/**
 * Selections of one compiled function: compiling takes some 30 us for each. Without a limit a document of 1500 characters
 * stopped the server for four seconds and made the process a gigabyte larger. The golden pages have up to 560.
 */
const MAX_SELECTIONS = 2000;

/** Selections of all compiled functions that are kept: what Apollo counts of a document does not count its function. */
const MAX_KEPT_SELECTIONS = 50_000;

/**
 * Runs documents as compiled functions where that gives exactly what the interpreter would (performance.md G5: a
 * quarter of the engine's cost). Whatever it does not take is left to the interpreter: introspection, documents that
 * cannot be compiled, variables that are refused, whose messages are the interpreter's, and queries in which an error
 * takes more than its own field: the interpreter then leaves out what it did not come to.
 */
export function createCompiledExecution(deps: CompiledExecutionDeps): ApolloServerPlugin<GraphqlContext> {
  // Keyed by the parsed document, which Apollo keeps in a bounded store: what it drops, this drops.
  let byDocument = new WeakMap<DocumentNode, Map<string, CompiledOperation>>();
  let kept = 0;
  /** Makes the function of a document where there is room; where there is none, all are dropped, and begin anew. */
  const compile = (document: DocumentNode, operation: OperationDefinitionNode): Run | null => {
    if (isInterpreted(deps.schema, document)) return null;
    const size = compiledSizeOf(deps.schema, document, operation, MAX_SELECTIONS);
    if (size > MAX_SELECTIONS) return null;
    if (kept + size > MAX_KEPT_SELECTIONS) {
      byDocument = new WeakMap();
      kept = 0;
      return null;
    }
    kept += size;
    return compiledOf(deps.schema, document, operation);
  };
  const operationOf = (document: DocumentNode, name: string): CompiledOperation => {
    const operations = byDocument.get(document) ?? new Map<string, CompiledOperation>();
    byDocument.set(document, operations);
    const known = operations.get(name) ?? new CompiledOperation();
    operations.set(name, known);
    return known;
  };
  return {
    requestDidStart: async () => ({
      async responseForOperation(request) {
        const { document, operation, operationName, contextValue } = request;
        if (document === undefined || operation === undefined) return null;
        const compiled = operationOf(document, operationName ?? '');
        const run = compiled.run(() => compile(document, operation));
        if (run === null) return null;
        const variables = coercedVariables(deps.schema, operation, request.request.variables ?? {});
        if (variables === null) return null;
        const result = await run({}, contextValue, variables);
        if (operation.operation === OperationTypeNode.QUERY && hasSpread(result)) return null;
        return {
          http: { headers: new HeaderMap() },
          body: { kind: 'single', singleResult: answerOf(result, request, deps) },
        };
      },
    }),
  };
}

class CompiledOperation {
  #uses = 0;
  /** Null where the interpreter has to run it. */
  #run: Run | null | undefined;

  run(compile: () => Run | null): Run | null {
    this.#uses += 1;
    if (this.#run === undefined && this.#uses >= USES_BEFORE_COMPILING) {
      this.#run = compile();
    }
    return this.#run ?? null;
  }
}

/**
 * The document as a function of coerced variables. Left to itself the compiler would also make functions that coerce
 * them, for every input type that can be reached from theirs, which takes seconds for filters; so it is told that each
 * is a scalar that needs nothing.
 */
function compiledOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): Run | null {
  const type: NamedTypeNode = { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: JsonScalar.name } };
  const plain = visit(document, {
    VariableDefinition: ({ kind, variable }): VariableDefinitionNode => ({ kind, variable, type }),
  });
  const compiled = compileQuery(schema, plain, operation.name?.value ?? '');
  if (!isCompiledQuery(compiled)) return null;
  return (root, context, variables) => compiled.query(root, context, variables);
}

/**
 * Introspection, fields that are sent on to another system with the variables' own types, and a variable whose name cannot be
 * that of a property.
 */
function isInterpreted(schema: GraphQLSchema, document: DocumentNode): boolean {
  const roots = [schema.getQueryType(), schema.getMutationType()].map((type) => type?.getFields());
  let found = false;
  visit(document, {
    Field({ name: { value: name } }) {
      found ||=
        name === '__schema' || name === '__type' || roots.some((fields) => isRemoteField(fields?.[name]));
    },
    VariableDefinition({ variable }) {
      found ||= variable.name.value === '__proto__';
    },
  });
  return found;
}

/** Whether an error made more than its own field null, because that must not be null. */
const hasSpread = ({ data, errors = [] }: ExecutionResult): boolean =>
  errors.some(({ path = [] }) => {
    let value: unknown = data;
    return path.some((key, index) => {
      value = (value as Readonly<Record<string | number, unknown>> | null)?.[key];
      return (value === null || value === undefined) && index < path.length - 1;
    });
  }) ||
  (data === null && errors.length > 0);

const NO_DEFINITIONS: readonly VariableDefinitionNode[] = [];

/** As the interpreter coerces them; null where it would refuse them. */
function coercedVariables(
  schema: GraphQLSchema,
  { variableDefinitions = NO_DEFINITIONS }: OperationDefinitionNode,
  given: Readonly<Record<string, unknown>>,
): Record<string, unknown> | null {
  if (variableDefinitions.length === 0) return {};
  return getVariableValues(schema, variableDefinitions, given).coerced ?? null;
}

function answerOf(
  result: ExecutionResult,
  { contextValue, operation }: GraphQLRequestContext<GraphqlContext>,
  deps: CompiledExecutionDeps,
): { data?: Record<string, unknown> | null; errors?: GraphQLFormattedError[] } {
  const { data, errors } = result;
  if (errors === undefined || errors.length === 0) return { data: data ?? null };
  const causes = errors.map((error): unknown => error.originalError ?? error);
  deps.recordErrors(causes, contextValue, operation?.operation);
  const formatted = errors.map((error, index) => {
    const cause = causes[index];
    const { message, locations, path } = error;
    return deps.format({ message, ...(locations && { locations }), ...(path && { path }) }, cause);
  });
  return { errors: formatted, data: data ?? null };
}
