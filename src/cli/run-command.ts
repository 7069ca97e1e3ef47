import { AppError } from '../base/errors.ts';
import { ConfigError } from '../config/load-config.ts';
import { amiSign } from './ami-sign.ts';
import { auditVerify } from './audit-verify.ts';
import { type Command, type Terminal, UsageError } from './command.ts';
import { doctor } from './doctor/doctor.ts';
import { explainQuery } from './explain.ts';
import { mappingForget } from './mapping-forget.ts';
import { people } from './people.ts';
import { schemaDiff } from './schema-diff.ts';
import { schemaPull, schemaPrint } from './schema-commands.ts';
import { start } from './start.ts';
import { SiteSchemaError } from '../site/site-schema-error.ts';
import { ConnectorError } from '../systems/load-system-parts.ts';

const COMMANDS: readonly Command[] = [
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
 * @returns exit code: 0 done, 1 failed, 2 wrongly called
 */
export async function runCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  const command = COMMANDS.find(({ name }) => name.split(' ').every((word, index) => args[index] === word));
  if (command === undefined) {
    const isHelp = args.length === 0 || args[0] === '--help' || args[0] === 'help';
    terminal[isHelp ? 'print' : 'printError'](helpText());
    return isHelp ? 0 : 2;
  }
  try {
    return await command.run(args.slice(command.name.split(' ').length), terminal);
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

/** What somebody at a terminal can act upon; undefined for a fault of ours, whose trace is wanted. */
function messageFor(error: unknown): string | undefined {
  if (error instanceof ConfigError || error instanceof SiteSchemaError || error instanceof ConnectorError) {
    return error.message;
  }
  // A port that is taken, a file that may not be written: Node's sentence names it.
  if (error instanceof Error && 'syscall' in error) return error.message;
  if (error instanceof AppError && error.code !== 'INTERNAL') return `${error.code}: ${error.message}`;
  return undefined;
}

/** `util.parseArgs` refuses unknown options with errors of this kind. */
function isArgumentError(error: unknown): error is Error {
  return error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS_');
}

function helpText(): string {
  const width = Math.max(...COMMANDS.map(({ usage }) => usage.length));
  const lines = COMMANDS.map(({ usage, summary }) => `  shotgraph ${usage.padEnd(width)}  ${summary}`);
  return ['Shotgraph: ShotGrid as GraphQL, as the person who is signed in.', '', ...lines].join('\n');
}
