import {
  type FieldNode,
  type GraphQLField,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  isInputType,
  isObjectType,
  type OperationDefinitionNode,
  typeFromAST,
} from 'graphql';
import type { GraphqlContext } from '../request/context.ts';
import { InputBudget } from './input-budget.ts';

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
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) boundArguments(field);
  }
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

// oxlint-disable-next-line max-params
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
