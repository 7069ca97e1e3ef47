import type { ToolConfig } from '../config/tools/tool.ts';
import { nearestName } from '../site/nearest-name.ts';
import { OperationListError } from './list-error.ts';
import type { Operation, OperationVariable } from './operation.ts';

/** The operation that a menu item begins before its page asks it. */
export interface FirstOperation extends Pick<Operation, 'name' | 'text' | 'variables'> {
  readonly tool: ToolConfig;
}

/** What a launch gives to the variables of these names, by its type. */
export const LAUNCH_VARIABLES = {
  id: 'ID',
  launch: 'ID',
  launchId: 'ID',
  ids: '[Int!]',
  selectedIds: '[Int!]',
  entityType: 'String',
  projectId: 'Int',
} as const;

export type LaunchVariable = keyof typeof LAUNCH_VARIABLES;

/** Whether a launch gives a variable of this name. */
export const isLaunchVariable = (name: string): name is LaunchVariable =>
  Object.hasOwn(LAUNCH_VARIABLES, name);

/** @throws OperationListError if a first operation is not on the list, changes something, or needs what no launch has */
export function assertFirstsFit({ place, firsts }: ToolConfig, operations: readonly Operation[]): void {
  const names = new Set(operations.map(({ name }) => name));
  const problems = firsts.flatMap((first) => {
    const found = operations.find(({ name }) => name === first.operation);
    if (found !== undefined) return problemsOf(found).map((problem) => `${first.place}: ${problem}`);
    const nearest = nearestName(first.operation, names);
    const advice = nearest === undefined ? 'Take it out' : `Did you mean ${nearest}? Correct it`;
    return [`${first.place}: ${place}.operations has no operation ${first.operation}. ${advice}.`];
  });
  if (problems.length > 0) throw new OperationListError(problems);
}

function problemsOf({ name, kind, variables }: Operation): string[] {
  if (kind !== 'query') return [`${name} is a ${kind}. Only a query may begin before the page asks it.`];
  return variables.flatMap((variable) => problemOf(name, variable) ?? []);
}

/** A variable that may be left out is left out where the launch has no value for it. */
function problemOf(operation: string, { name, type, isRequired }: OperationVariable): string | undefined {
  const given = isLaunchVariable(name) ? LAUNCH_VARIABLES[name] : undefined;
  if (given === undefined) {
    if (!isRequired) return undefined;
    const known = Object.keys(LAUNCH_VARIABLES).join(', ');
    return `${operation} needs $${name}, which no launch gives. A launch gives ${known}: name it so, or give it a default.`;
  }
  if (isOf(type, given)) return undefined;
  return `$${name} of ${operation} is ${type}, and a launch gives ${given}. Declare it so, or give it another name.`;
}

/** A required variable takes it too, and a list whose items may be null. */
const isOf = (type: string, given: string): boolean => type.replaceAll('!', '') === given.replaceAll('!', '');
