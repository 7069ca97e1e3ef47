import type { ToolConfig } from '../../config/tools/tool.ts';
import { hasList, readWrittenTools, type WrittenTool } from '../../operations/read-lists.ts';
import type { WrittenOperation } from '../../operations/written-list.ts';
import { nearestName } from '../../site/nearest-name.ts';
import { UsageError } from '../command.ts';

/** Said where a command needs operations and there are none. */
export const NO_LIST =
  'No tool of shotgraph.yml has operations. Set apps.<name>.operations or tools.<name>.operations, or name another file with --config.';

/**
 * The tools that have a list, or the one that is named.
 *
 * @throws UsageError if there is none; OperationListError
 */
export async function toolsOf(
  tools: readonly ToolConfig[],
  settings: { readonly maxTokens: number },
  name: string | undefined,
): Promise<readonly WrittenTool[]> {
  const listed = tools.filter(hasList);
  if (listed.length === 0) throw new UsageError(NO_LIST);
  const wanted = name === undefined ? listed : listed.filter((tool) => tool.name === name);
  if (wanted.length === 0) {
    const names = listed.map((tool) => tool.name);
    throw new UsageError(`No tool "${name}" has operations. ${adviceOf(name ?? '', names)}`);
  }
  return readWrittenTools(wanted, settings);
}

/** An operation with the tool whose it is. */
export interface NamedOperation {
  readonly tool: WrittenTool['tool'];
  readonly operation: WrittenOperation;
}

/** All operations, tool by tool. */
export const operationsOf = (tools: readonly WrittenTool[]): readonly NamedOperation[] =>
  tools.flatMap(({ tool, operations }) => operations.map((operation) => ({ tool, operation })));

/** @throws UsageError if no tool has it, or if several do */
export function operationNamed(name: string, tools: readonly WrittenTool[]): NamedOperation {
  const all = operationsOf(tools);
  const [found, ...more] = all.filter(({ operation }) => operation.name === name);
  if (found === undefined) {
    const names = [...new Set(all.map(({ operation }) => operation.name))];
    throw new UsageError(
      `No tool has an operation "${name}", and there is no such file. ${adviceOf(name, names)}`,
    );
  }
  if (more.length > 0) {
    const which = [found, ...more].map(({ tool }) => `--tool ${tool.name}`).join(' or ');
    throw new UsageError(`Several tools have an operation "${name}": add ${which}.`);
  }
  return found;
}

const MAX_TOLD = 20;

function adviceOf(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  if (nearest !== undefined) return `Did you mean ${nearest}?`;
  const told = known.slice(0, MAX_TOLD).join(', ');
  return `There are: ${told}${known.length > MAX_TOLD ? ` and ${known.length - MAX_TOLD} more` : ''}.`;
}
