import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../base/errors.ts';
import { packageFolder } from '../base/package-folder.ts';
import { type Environment, environmentOfProcess, settingsFileOf } from '../config/environment.ts';
import { ConfigError } from '../config/load-config.ts';
import { OperationListError } from '../operations/list-error.ts';
import { SiteSchemaError } from '../site/site-schema-error.ts';
import { ConnectorError } from '../systems/load-system-parts.ts';
import { isWithoutSettings, noSettings, type Terminal, UsageError, usageOf } from './command.ts';
import { COMMANDS } from './commands.ts';
import { type Line, parseLine } from './line/parse-line.ts';

const COLUMNS_WITHOUT_TERMINAL = 100;

/**
 * Runs the command that the arguments name.
 *
 * @returns exit code, see `EXIT_CODES`
 */
export function runCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  return run(args, {
    ...(terminal.columns !== undefined && { columns: terminal.columns }),
    print: (text, tone) => terminal.print(harmless(text), tone),
    printError: (text) => terminal.printError(harmless(text)),
    progress: (text) => terminal.progress?.(harmless(text)),
    ...(terminal.ask !== undefined && { ask: terminal.ask }),
    readInput: () => terminal.readInput?.() ?? Promise.resolve(''),
  }).finally(() => terminal.end?.());
}

/** Output contains text by other people, such as names: it must not control the terminal or reorder the text. */
const harmless = (text: string): string =>
  text.replaceAll(/[\p{Cc}\p{Bidi_Control}]/gu, (found) => (found === '\n' || found === '\t' ? found : '?'));

async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  let line: Line;
  try {
    line = parseLine(args, {
      commands: COMMANDS,
      version: await versionOfPackage(),
      columns: terminal.columns ?? COLUMNS_WITHOUT_TERMINAL,
    });
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    terminal.printError(error.message);
    return 2;
  }
  if ('shown' in line) {
    terminal.print(line.shown);
    return 0;
  }
  const { command, options, words, env } = line;
  // Read again at each use: a command that keeps running has to see a file that has changed.
  const environment = (): Environment => environmentOf(env);
  try {
    return await command.run({ options, words, environment, env }, terminal);
  } catch (error) {
    if (error instanceof UsageError) {
      terminal.printError(`${error.message}\nUsage: shotgraph ${usageOf(command)}`);
      return 2;
    }
    const told = messageFor(error, environment);
    if (told === undefined) throw error;
    terminal.printError(told);
    return 1;
  }
}

/** @throws UsageError if the file that `--env` names is not there */
function environmentOf(env: string | undefined): Environment {
  if (env === undefined) return environmentOfProcess();
  const file = settingsFileOf(env);
  if (existsSync(file)) return environmentOfProcess(file);
  const advice = env === 'demo' ? 'The demo writes it while it runs: start it here first.' : 'Correct --env.';
  throw new UsageError(`${process.cwd()} has no ${file}. ${advice}`);
}

async function versionOfPackage(): Promise<string> {
  const text = await readFile(join(packageFolder(), 'package.json'), 'utf8');
  return /"version": "([^"]+)"/u.exec(text)?.[1] ?? 'unknown';
}

/** The message for an error that the user can fix; undefined for a bug of ours, which needs its trace. */
function messageFor(error: unknown, environment: () => Environment): string | undefined {
  if (error instanceof ConfigError)
    return isWithoutSettings(error, environment) ? noSettings() : error.message;
  if (error instanceof SiteSchemaError || error instanceof ConnectorError) return error.message;
  if (error instanceof OperationListError) return error.message;
  // A port that is taken, a file that may not be written: Node's message names it.
  if (error instanceof Error && 'syscall' in error) return error.message;
  if (error instanceof AppError && error.code !== 'INTERNAL') return `${error.code}: ${error.message}`;
  return undefined;
}
