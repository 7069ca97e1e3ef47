import { readFile } from 'node:fs/promises';
import { AppError } from '../base/errors.ts';
import { ConfigError } from '../config/load-config.ts';
import { amiSign } from './ami-sign.ts';
import { auditVerify } from './audit-verify.ts';
import { type Command, isWithoutSettings, noSettings, type Terminal, UsageError } from './command.ts';
import { doctor } from './doctor/doctor.ts';
import { explainQuery } from './explain.ts';
import { mappingForget } from './mapping-forget.ts';
import { people } from './people.ts';
import { schemaDiff } from './schema-diff.ts';
import { schemaPull, schemaPrint } from './schema-commands.ts';
import { start } from './start.ts';
import { nearestName } from '../site/nearest-name.ts';
import { SiteSchemaError } from '../site/site-schema-error.ts';
import { ConnectorError } from '../systems/load-system-parts.ts';

export const COMMANDS: readonly Command[] = [
  start,
  doctor,
  people,
  mappingForget,
  schemaPull,
  schemaDiff,
  schemaPrint,
  explainQuery,
  amiSign,
  auditVerify,
];

/**
 * Runs the command that the arguments name.
 *
 * @returns exit code: 0 done, 1 failed, 2 wrongly called, 3 could not be looked at
 */
export function runCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  return run(args, {
    print: (text) => terminal.print(harmless(text)),
    printError: (text) => terminal.printError(harmless(text)),
  });
}

/** Output contains text by other people, such as names: it must not control the terminal or reorder the text. */
const harmless = (text: string): string =>
  text.replaceAll(/[\p{Cc}\p{Bidi_Control}]/gu, (found) => (found === '\n' || found === '\t' ? found : '?'));

async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  // `help doctor` is `doctor --help`.
  const [first, ...others] = args;
  if ((first === 'help' || isHelp(first)) && others.length > 0) return run([...others, '--help'], terminal);
  const command = COMMANDS.find(({ name }) => name.split(' ').every((word, index) => args[index] === word));
  if (command === undefined) return withoutCommand(args, terminal);
  const options = args.slice(command.name.split(' ').length);
  // Checked before anything runs: `start --help` must not start.
  if (options.some((option) => isHelp(option))) {
    terminal.print(`shotgraph ${command.usage}\n\n${command.name}: ${command.summary}`);
    return 0;
  }
  if (options.some((option) => isVersion(option))) {
    terminal.print(await versionOfPackage());
    return 0;
  }
  try {
    return await command.run(options, terminal);
  } catch (error) {
    if (error instanceof UsageError || isArgumentError(error)) {
      terminal.printError(`${error.message}\nUsage: shotgraph ${command.usage}`);
      return 2;
    }
    const told = messageFor(error);
    if (told === undefined) throw error;
    terminal.printError(told);
    return 1;
  }
}

const isVersion = (word: string | undefined): boolean => word === '--version' || word === '-v';
const isHelp = (word: string | undefined): boolean => word === '--help' || word === '-h';

async function withoutCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  const [first] = args;
  if (isVersion(first)) {
    terminal.print(await versionOfPackage());
    return 0;
  }
  if (first === undefined || first === 'help' || isHelp(first)) {
    terminal.print(helpText());
    return 0;
  }
  const group = COMMANDS.filter(({ name }) => name.startsWith(`${first} `));
  if (group.length > 0 && args.some((word) => isHelp(word))) {
    terminal.print(helpText(group));
    return 0;
  }
  terminal.printError(unknownCommand(args, group));
  return 2;
}

/** Names the typed command and the closest known one. */
function unknownCommand(args: readonly string[], group: readonly Command[]): string {
  const words = args.filter((word) => !word.startsWith('-'));
  const typed = words.slice(0, 2).join(' ') || String(args[0]);
  const names = COMMANDS.map(({ name }) => name);
  const nearest = nearestName(typed, names) ?? nearestName(words[0] ?? '', names);
  const advice = nearest === undefined ? '' : ` Did you mean "shotgraph ${nearest}"?`;
  return `There is no command "${typed}".${advice}\n\n${helpText(group.length > 0 ? group : COMMANDS)}`;
}

/** The package is two folders above the source, and three above the built files. */
async function versionOfPackage(): Promise<string> {
  for (const place of ['../../package.json', '../../../package.json']) {
    const text = await readFile(new URL(place, import.meta.url), 'utf8').catch(() => undefined);
    if (text !== undefined) return /"version": "([^"]+)"/u.exec(text)?.[1] ?? 'unknown';
  }
  return 'unknown';
}

/** The message for an error that the user can fix; undefined for a bug of ours, which needs its trace. */
function messageFor(error: unknown): string | undefined {
  if (error instanceof ConfigError) return isWithoutSettings(error) ? noSettings() : error.message;
  if (error instanceof SiteSchemaError || error instanceof ConnectorError) return error.message;
  // A port that is taken, a file that may not be written: Node's message names it.
  if (error instanceof Error && 'syscall' in error) return error.message;
  if (error instanceof AppError && error.code !== 'INTERNAL') return `${error.code}: ${error.message}`;
  return undefined;
}

const isErrorLike = (error: unknown): error is Error =>
  typeof error === 'object' && error !== null && 'message' in error;

/** `util.parseArgs` refuses unknown options with errors of this kind. */
function isArgumentError(error: unknown): error is Error {
  return isErrorLike(error) && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS_');
}

function helpText(commands: readonly Command[] = COMMANDS): string {
  const width = Math.max(...commands.map(({ usage }) => usage.length));
  const lines = commands.map(({ usage, summary }) => `  shotgraph ${usage.padEnd(width)}  ${summary}`);
  return ['Shotgraph: ShotGrid as GraphQL, as the person who is signed in.', '', ...lines].join('\n');
}
