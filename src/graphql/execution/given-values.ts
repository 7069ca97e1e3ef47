import type { ApolloServerPlugin } from '@apollo/server';
import {
  type ASTNode,
  coerceInputValue,
  type DocumentNode,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLLeafType,
  type GraphQLSchema,
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  isRequiredInputField,
  Kind,
  type OperationDefinitionNode,
  typeFromAST,
  visit,
} from 'graphql';
import { bare } from '../../base/bare.ts';
import { AppError, toAppError } from '../../base/errors.ts';
import { assertFewVariables } from './bounded-input.ts';
import type { GraphqlContext } from '../request/context.ts';
import { refusal } from '../answer/errors.ts';

/** Cap quoted input, so that a refusal cannot be as long as the input. */
const MAX_TEXT_LENGTH = 200;

type Path = readonly (string | number)[];

/**
 * Checks the values of a request before anything runs, and refuses the first wrong one with its path. graphql-js
 * would collect fifty errors and print the whole value into each. A filter with many unknown fields would block
 * the server for seconds, and the answer would be many times as long as the request.
 */
export function createGivenValuesCheck(options: CheckOptions): ApolloServerPlugin<GraphqlContext> {
  const assertGiven = createGivenValues(options);
  return {
    requestDidStart: async () => ({
      async didResolveOperation({ document, operation, request, contextValue }) {
        try {
          assertGiven({ document, operation, variables: request.variables ?? {} });
        } catch (error) {
          throw refusal(toAppError(error), contextValue.requestId);
        }
      },
    }),
  };
}

interface Given {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** @returns a check that throws AppError BAD_USER_INPUT with the path of the first wrong value */
export function createGivenValues(options: CheckOptions): (given: Given) => void {
  const assertDocument = createDocumentCheck();
  return ({ document, operation, variables }) => {
    assertDocument(document);
    assertFewVariables(options.schema, operation, variables);
    assertTexts(variables);
    assertTypes(options, operation, variables);
  };
}

interface CheckOptions {
  readonly schema: GraphQLSchema;
  /** graphql-js suggests names of the schema for misspelt ones (F2). */
  readonly hideSuggestions: boolean;
}

function assertTypes(
  { schema, hideSuggestions }: CheckOptions,
  operation: OperationDefinitionNode | undefined,
  variables: Readonly<Record<string, unknown>>,
): void {
  for (const { variable, type: node } of operation?.variableDefinitions ?? []) {
    const name = variable.name.value;
    const type = typeFromAST(schema, node);
    // graphql-js judges a missing or null value cheaply.
    const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
    if (value === undefined || value === null || type === undefined || !isInputType(type)) continue;
    const refuse = (path: Path, wrong: unknown, { message }: Error): never => {
      throw wrongValue([name, ...path], message, wrong);
    };
    // It visits every field of every type on the way, given or not. So it runs only to name the error.
    if (!fits(value, type)) coerceInputValue(value, type, refuse, hideSuggestions);
  }
}

/** Whether a value fits its type. Visits the given fields only. */
function fits(value: unknown, type: GraphQLInputType): boolean {
  if (isNonNullType(type)) return value !== null && value !== undefined && fits(value, type.ofType);
  if (value === null || value === undefined) return true;
  if (isListType(type)) {
    return Array.isArray(value) ? value.every((item) => fits(item, type.ofType)) : fits(value, type.ofType);
  }
  if (!isInputObjectType(type)) return isLegal(value, type);
  if (typeof value !== 'object' || Array.isArray(value)) return false;
  const fields = type.getFields();
  const isComplete = requiredFieldsOf(type).every((name) => Object.hasOwn(value, name));
  return (
    isComplete &&
    Object.entries(value).every(([name, given]) => {
      const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
      return field !== undefined && fits(given, field.type);
    })
  );
}

const requiredFields = new WeakMap<GraphQLInputObjectType, readonly string[]>();

function requiredFieldsOf(type: GraphQLInputObjectType): readonly string[] {
  const known = requiredFields.get(type);
  if (known !== undefined) return known;
  const names = Object.values(type.getFields())
    .filter(isRequiredInputField)
    .map(({ name }) => name);
  requiredFields.set(type, names);
  return names;
}

function isLegal(value: unknown, type: GraphQLLeafType): boolean {
  try {
    return type.parseValue(value) !== undefined;
  } catch {
    return false;
  }
}

/** One value in a nested value, with its parent. */
interface Level {
  readonly value: object;
  readonly key: string | undefined;
  readonly parent: Level | undefined;
}

/** Also removes each object's prototype: graphql-js would find a field's name there, for example `constructor`. */
function assertTexts(variables: object): void {
  const waiting: Level[] = [{ value: variables, key: undefined, parent: undefined }];
  for (let level = waiting.pop(); level !== undefined; level = waiting.pop()) {
    const parent = level;
    for (const [key, value] of Object.entries(level.value) as [string, unknown][]) {
      assertWritable(key, () => [...pathOf(parent), key]);
      if (typeof value === 'string') assertWritable(value, () => [...pathOf(parent), key]);
      else if (typeof value === 'object' && value !== null) waiting.push({ value, key, parent });
    }
    if (!Array.isArray(level.value)) bare(level.value);
  }
}

function pathOf(level: Level): Path {
  const path: string[] = [];
  for (let at: Level | undefined = level; at?.key !== undefined; at = at.parent) path.unshift(at.key);
  return path;
}

/** Checks each document once, because Apollo reuses the parsed document of a repeated request. */
function createDocumentCheck(): (document: DocumentNode) => void {
  const passed = new WeakSet<DocumentNode>();
  return (document) => {
    if (passed.has(document)) return;
    visit(document, {
      StringValue({ value }, ...[, parent, , ancestors]) {
        assertWritable(value, () => placeOf([...ancestors, parent]));
      },
    });
    passed.add(document);
  };
}

/** Names of the fields, arguments and input fields that lead to a literal. */
function placeOf(ancestors: readonly (ASTNode | readonly ASTNode[] | undefined)[]): Path {
  const nodes = ancestors.flatMap((each) => (each !== undefined && 'kind' in each ? [each] : []));
  return nodes.flatMap((node) => {
    if (node.kind === Kind.FIELD) return [node.alias?.value ?? node.name.value];
    return node.kind === Kind.ARGUMENT || node.kind === Kind.OBJECT_FIELD ? [node.name.value] : [];
  });
}

/** No database stores U+0000 in a text, and half of a surrogate pair is not a character. */
const UNWRITABLE = /[\0\p{Surrogate}]/u;

function assertWritable(text: string, path: () => Path): void {
  if (!UNWRITABLE.test(text)) return;
  throw wrongValue(
    path(),
    'The text has U+0000 or half of a surrogate pair, which ShotGrid cannot hold. Take it out.',
  );
}

/** @param value quoted if it is a string, a number or a boolean */
function wrongValue(path: Path, reason: string, value?: unknown): AppError {
  const place = path.join('.').slice(0, MAX_TEXT_LENGTH);
  const isShown = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  const shown = isShown ? `${cut(JSON.stringify(value))} ` : '';
  return new AppError('BAD_USER_INPUT', {
    message: `The value ${shown}at "${place}" is wrong. ${cut(reason)}`,
    details: { path: place },
  });
}

const cut = (text: string): string =>
  text.length > MAX_TEXT_LENGTH ? `${text.slice(0, MAX_TEXT_LENGTH)}...` : text;
