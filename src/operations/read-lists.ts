import type { ToolConfig } from '../config/tools/tool.ts';
import { assertFirstsFit } from './first.ts';
import { OperationListError } from './list-error.ts';
import { type DocumentCheck, type OperationList, readOperationList } from './operation-list.ts';
import { readWrittenList, type WrittenOperation } from './written-list.ts';
import { assertRulesFit } from './rules.ts';

/** A tool that has a list. */
export type ListedTool = ToolConfig & { readonly operations: string };

export const hasList = (tool: ToolConfig): tool is ListedTool => tool.operations !== null;

/**
 * Reads the list of one tool.
 *
 * @throws OperationListError with every mistake of the list, or of the rules for it
 */
export async function readToolList(tool: ListedTool, check: DocumentCheck): Promise<OperationList> {
  const list = await readOperationList(tool.operations, `${tool.place}.operations`, check);
  assertRulesFit(tool, list.operations);
  assertFirstsFit(tool, list.operations);
  return list;
}

/**
 * Checks the lists of all tools that have one, without a server.
 *
 * @throws OperationListError with the mistakes of all of them
 */
export const checkLists = (tools: readonly ToolConfig[], check: DocumentCheck): Promise<unknown> =>
  ofEachList(tools, (tool) => readToolList(tool, check));

/** A tool with its operations as they are written, which may not fit a schema. */
export interface WrittenTool {
  readonly tool: ListedTool;
  readonly operations: readonly WrittenOperation[];
}

/**
 * Reads the lists of all tools that have one, without asking a schema.
 *
 * @throws OperationListError with the mistakes of all of them that need no schema
 */
export const readWrittenTools = (
  tools: readonly ToolConfig[],
  check: Pick<DocumentCheck, 'maxTokens'>,
): Promise<readonly WrittenTool[]> =>
  ofEachList(tools, async (tool) => {
    const { operations, problems } = await readWrittenList(
      tool.operations,
      `${tool.place}.operations`,
      check,
    );
    if (problems.length > 0) throw new OperationListError(problems);
    return { tool, operations };
  });

async function ofEachList<T>(
  tools: readonly ToolConfig[],
  read: (tool: ListedTool) => Promise<T>,
): Promise<readonly T[]> {
  const [results, problems]: [T[], string[]] = [[], []];
  for (const tool of tools.filter(hasList)) {
    try {
      results.push(await read(tool));
    } catch (error) {
      if (!(error instanceof OperationListError)) throw error;
      problems.push(...error.problems);
    }
  }
  if (problems.length > 0) throw new OperationListError(problems);
  return results;
}
