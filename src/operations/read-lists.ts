import type { ToolConfig } from '../config/tools/tool.ts';
import { OperationListError } from './list-error.ts';
import { type DocumentCheck, type OperationList, readOperationList } from './operation-list.ts';
import { assertRulesFit } from './rules.ts';

/** A tool that has a list. */
export type ListedTool = ToolConfig & { readonly operations: string };

const hasList = (tool: ToolConfig): tool is ListedTool => tool.operations !== null;

/**
 * Reads the list of one tool.
 *
 * @throws OperationListError with every mistake of the list, or of the rules for it
 */
export async function readToolList(tool: ListedTool, check: DocumentCheck): Promise<OperationList> {
  const list = await readOperationList(tool.operations, `${tool.place}.operations`, check);
  assertRulesFit(tool, list.operations);
  return list;
}

/**
 * Checks the lists of all tools that have one, without a server.
 *
 * @throws OperationListError with the mistakes of all of them
 */
export async function checkLists(tools: readonly ToolConfig[], check: DocumentCheck): Promise<void> {
  const problems: string[] = [];
  for (const tool of tools.filter(hasList)) {
    try {
      await readToolList(tool, check);
    } catch (error) {
      if (!(error instanceof OperationListError)) throw error;
      problems.push(...error.problems);
    }
  }
  if (problems.length > 0) throw new OperationListError(problems);
}
