import {
  getNullableType,
  type GraphQLInputType,
  isInputObjectType,
  isListType,
  type FieldNode,
  type GraphQLField,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  isInputType,
  type OperationDefinitionNode,
  typeFromAST,
} from 'graphql';
import { isPlain } from '../../base/bare.ts';
import { AppError } from '../../base/errors.ts';
import type { GraphqlContext } from '../request/context.ts';
import { fieldsOfObjects } from '../types/object-fields.ts';

/**
 * Limit on the values in a request's variables, and again on the arguments built from them: a document can use a
 * variable many times. The largest sensible requests, 5000 conditions or 1000 changes, stay below it.
 */
const MAX_VALUES = 100_000;

/** A long text counts as several values: one more per this many characters. */
const CHARACTERS_OF_A_VALUE = 64;

/**
 * graphql-js looks up each field of an input type in each object of that type. This many fields count as one
 * value.
 */
const FIELDS_OF_A_VALUE = 10;

/** Code that reads values recurses per level. Deeper values would overflow the stack. */
const MAX_DEPTH = 1000;

type Type = GraphQLInputType | undefined;

/** Counts the values of one request, so that a small request cannot cause much work. */
class InputBudget {
  #spent = 0;
  /** The variable or argument that is being counted. */
  #name = '';

  get spent(): number {
    return this.#spent;
  }

  /**
   * @param name of the variable or the argument
   * @param type undefined if the document declares none
   * @throws AppError BAD_USER_INPUT with that name if the value is too deep or exceeds the remaining budget
   */
  spend(name: string, value: unknown, type: Type): void {
    this.#name = name;
    this.#count(value, type, 0);
  }

  /** @throws AppError BAD_USER_INPUT with that name if the cost exceeds the remaining budget */
  pay(name: string, cost: number): void {
    this.#name = name;
    this.#pay(cost);
  }

  #count(value: unknown, type: Type, depth: number): void {
    this.#pay(1);
    if (typeof value === 'string') this.#payText(value);
    if (typeof value !== 'object' || value === null) return;
    if (depth >= MAX_DEPTH) throw this.#refused('The value is nested too deeply. Use fewer levels.');
    const given = type && getNullableType(type);
    if (Array.isArray(value)) {
      const itemType = isListType(given) ? given.ofType : given;
      for (const item of value as readonly unknown[]) this.#count(item, itemType, depth + 1);
      return;
    }
    // A value that another system's scalar has parsed, such as a Date, has no parts.
    if (isPlain(value)) this.#countParts(value, type, depth);
  }

  #countParts(value: object, type: Type, depth: number): void {
    const given = type && getNullableType(type);
    // GraphQL accepts a single item for a list.
    if (isListType(given)) {
      this.#countParts(value, given.ofType, depth);
      return;
    }
    const fields = isInputObjectType(given) ? given.getFields() : undefined;
    if (fields !== undefined) this.#pay(countOf(fields) / FIELDS_OF_A_VALUE);
    for (const [key, part] of Object.entries(value)) {
      this.#payText(key);
      this.#count(
        part,
        fields !== undefined && Object.hasOwn(fields, key) ? fields[key]?.type : undefined,
        depth + 1,
      );
    }
  }

  #payText(text: string): void {
    this.#pay(text.length / CHARACTERS_OF_A_VALUE);
  }

  #pay(cost: number): void {
    this.#spent += cost;
    if (this.#spent > MAX_VALUES)
      throw this.#refused('These are too many values for one request. Ask in several requests.');
  }

  #refused(message: string): AppError {
    return new AppError('BAD_USER_INPUT', { message, details: { path: this.#name } });
  }
}

const counts = new WeakMap<object, number>();

function countOf(fields: object): number {
  const known = counts.get(fields) ?? Object.keys(fields).length;
  counts.set(fields, known);
  return known;
}

/**
 * Counts the variables of a request, undeclared ones included, before any other code reads them.
 *
 * @throws AppError BAD_USER_INPUT if they are too many or too deep
 */
export function assertFewVariables(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode | undefined,
  variables: Readonly<Record<string, unknown>>,
): void {
  const types = new Map(
    operation?.variableDefinitions?.map(({ variable, type }) => [variable.name.value, type]),
  );
  const budget = new InputBudget();
  for (const [name, value] of Object.entries(variables)) {
    const node = types.get(name);
    const type = node && typeFromAST(schema, node);
    budget.spend(name, value, isInputType(type) ? type : undefined);
  }
}

/**
 * Counts the arguments of each field before its resolver runs, after variables were inserted wherever the document
 * uses them.
 */
export function withBoundedArguments(schema: GraphQLSchema): GraphQLSchema {
  for (const [, field] of fieldsOfObjects(schema)) boundArguments(field);
  return schema;
}

function boundArguments(field: GraphQLField<unknown, GraphqlContext>): void {
  const { resolve } = field;
  if (field.args.length === 0 || resolve === undefined) return;
  field.resolve = (root, args, context, info) => {
    countArguments(field, args, context, info);
    return resolve(root, args, context, info);
  };
}

/** The cost of the arguments of one request, in total and per field. */
interface Costs {
  readonly budget: InputBudget;
  readonly byField: Map<FieldNode, number>;
}

const costsOfRequests = new WeakMap<GraphqlContext, Costs>();

/** A field of a row is resolved once per row with the same arguments. Up to this cost, repeats are free. */
const FREE_FOR_EACH_ROW = 100;

function countArguments(
  { name: fieldName, args: declared }: GraphQLField<unknown, GraphqlContext>,
  args: Readonly<Record<string, unknown>>,
  context: GraphqlContext,
  { fieldNodes: [node] }: GraphQLResolveInfo,
): void {
  const costs = costsOfRequests.get(context) ?? { budget: new InputBudget(), byField: new Map() };
  costsOfRequests.set(context, costs);
  const { budget, byField } = costs;
  const known = node && byField.get(node);
  if (known !== undefined) {
    if (known > FREE_FOR_EACH_ROW) budget.pay(fieldName, known);
    return;
  }
  const before = budget.spent;
  for (const { name, type } of declared) {
    if (args[name] !== undefined) budget.spend(name, args[name], type);
  }
  if (node !== undefined) byField.set(node, budget.spent - before);
}
