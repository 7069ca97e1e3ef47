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
 * Counts the variables of a request, also those that the document does not declare, before anything else reads them.
 *
 * @throws AppError BAD_USER_INPUT where they are too many or too deep
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

/** Counts the arguments of each field before its resolver runs: by then each variable stands wherever the document says. */
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

/** What the arguments of one request have cost, and those of each of its fields. */
interface Costs {
  readonly budget: InputBudget;
  readonly byField: Map<FieldNode, number>;
}

const costsOfRequests = new WeakMap<GraphqlContext, Costs>();

/** A field of a row is resolved for each row, with the same arguments: so many values of them cost nothing again. */
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
