import type { ToolConfig } from '../config/tools/tool.ts';
import { OperationListError } from './list-error.ts';
import { type CheckedOperation, type DocumentCheck, readOperationList } from './operation-list.ts';
import { assertRulesFit } from './rules.ts';

/** A tool with the operations of its list. */
export interface ReadTool {
  readonly tool: ToolConfig;
  readonly operations: readonly CheckedOperation[];
}

/**
 * Reads the lists of all tools that have one, without a server.
 *
 * @throws OperationListError with the mistakes of all of them
 */
export async function readLists(
  tools: readonly ToolConfig[],
  check: DocumentCheck,
): Promise<readonly ReadTool[]> {
  const problems: string[] = [];
  const read: ReadTool[] = [];
  for (const tool of tools) {
    if (tool.operations === null) continue;
    try {
      const { operations } = await readOperationList(tool.operations, `${tool.place}.operations`, check);
      assertRulesFit(tool, operations);
      read.push({ tool, operations });
    } catch (error) {
      if (!(error instanceof OperationListError)) throw error;
      problems.push(...error.problems);
    }
  }
  if (problems.length > 0) throw new OperationListError(problems);
  return read;
}
