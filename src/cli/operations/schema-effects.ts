import { loadGraphFilesOfServer, loadPlanConfig } from '../../config/load-config.ts';
import type { Environment } from '../../config/environment.ts';
import { graphOf } from '../../graphql/graph-of.ts';
import { type Effect, effectsOf } from '../../operations/effects.ts';
import { printPlace } from '../../operations/operation.ts';
import { exposeSchema } from '../../site/expose.ts';
import { exposeAfter, type SchemaChange, type SiteSide } from '../../site/schema-diff.ts';
import { ConnectorError, loadSystemParts } from '../../systems/load-system-parts.ts';
import type { Terminal } from '../command.ts';
import { toolsOf } from './find-operations.ts';

/** What changes of the site do to the operations of the tools. */
export interface Effects {
  readonly effects: readonly Effect[];
  /** How many operations there are. */
  readonly count: number;
}

/** What a change leaves has no graph: a class or a system needs what is gone, for example. */
export class NoStartError extends Error {
  constructor(cause: Error) {
    super(`The server would not start after this change: ${cause.message}`, { cause });
  }
}

/**
 * Checks the operations of all tools of a `shotgraph.yml` against the graph before and after a change.
 *
 * @param config path, in place of that of the settings
 * @throws UsageError if no tool has a list; OperationListError, ConnectorError; NoStartError if only the second side fails
 */
export async function effectsOfChanges(
  sides: { readonly before: SiteSide; readonly after: SiteSide; readonly changes: readonly SchemaChange[] },
  config: string | undefined,
  environment: Environment,
): Promise<Effects> {
  const files = await loadGraphFilesOfServer(config, environment);
  const settings = loadPlanConfig(environment);
  const tools = await toolsOf(files.tools, settings, undefined);
  const parts = await loadSystemParts(files);
  const exposed = exposeSchema(sides.before.schema, sides.before.exposure);
  const before = await graphOf(exposed, parts, settings);
  const after = await graphOf(exposeAfter(sides.after), parts, settings).catch((error: unknown) => {
    throw error instanceof ConnectorError ? new NoStartError(error) : error;
  });
  const effects = await effectsOf(tools, { before, after, exposed, changes: sides.changes });
  return { effects, count: tools.reduce((sum, { operations }) => sum + operations.length, 0) };
}

/** Prints each change with what it does to operations. */
export function printEffects(
  changes: readonly SchemaChange[],
  { effects, count }: Effects,
  terminal: Terminal,
): void {
  for (const schemaChange of changes) {
    const { place, text, isBreaking } = schemaChange;
    const felt = effects.filter(({ change }) => change === place);
    const isBad = felt.some(isBreak) || keepsFromStarting(schemaChange);
    terminal.print(changeLine(schemaChange, isBad), isBad ? 'bad' : undefined);
    // The first of two changes of one place has them all.
    const isFirst = changes.find((change) => change.place === place)?.text === text;
    if (isFirst) printAll(felt, terminal);
    if (felt.length === 0 && isBreaking && !keepsFromStarting(schemaChange))
      terminal.print('         no listed operation uses it');
  }
  const others = effects.filter(({ change }) => changes.every(({ place }) => place !== change));
  if (others.length > 0) terminal.print('       Beside these changes:');
  printAll(others, terminal);
  terminal.print(summaryOf(effects, count, changes.length));
}

/** The line of a difference. */
export const changeLine = ({ place, text }: SchemaChange, isBad: boolean): string =>
  `${isBad ? 'BREAKS ' : '       '}${place} ${text}`;

const keepsFromStarting = ({ touches }: SchemaChange): boolean => touches === 'start';

const isBreak = ({ effect }: Effect): boolean => effect === 'breaks';

function printAll(effects: readonly Effect[], terminal: Terminal): void {
  for (const effect of effects.toSorted((one, other) => Number(isBreak(other)) - Number(isBreak(one)))) {
    const { tool, operation, place, message, isOld } = effect;
    const before = isOld ? ' (it does not fit before either)' : '';
    terminal.print(
      `         ${isBreak(effect) ? 'breaks' : 'warns '} ${tool} ${operation} ${printPlace(place)}: ${message}${before}`,
      isBreak(effect) ? 'bad' : 'warning',
    );
  }
}

function summaryOf(effects: readonly Effect[], count: number, differences: number): string {
  const broken = operationsIn(effects.filter(isBreak));
  const warned = [...operationsIn(effects)].filter((name) => !broken.has(name));
  const told = differences === 0 ? 'No difference.' : `${differences} differences.`;
  return `${told} Of ${count} operations ${broken.size} break, and ${warned.length} only warn.`;
}

const operationsIn = (effects: readonly Effect[]): ReadonlySet<string> =>
  new Set(effects.map(({ tool, operation }) => `${tool} ${operation}`));

/** The same for programs. */
export const effectsJson = (changes: readonly SchemaChange[], { effects }: Effects): string =>
  JSON.stringify(
    {
      changes,
      operations: effects.map(({ place, ...effect }) => ({ ...effect, ...place })),
    },
    null,
    2,
  );

/** True if a server would refuse an operation after the change, or would not even start. */
export const breaksAny = (changes: readonly SchemaChange[], { effects }: Effects): boolean =>
  effects.some(isBreak) || changes.some(keepsFromStarting);
