import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { packageRoot } from '../package-root.ts';
import { demoCommand } from './demo-command.ts';
import { farmCommand } from './farm-command.ts';
import { idpCommand } from './idp-command.ts';
import { siteCommand } from './site-command.ts';
import type { AddCommand, Running, Surroundings } from './surroundings.ts';

const COMMANDS: readonly AddCommand[] = [demoCommand, siteCommand, idpCommand, farmCommand];

const EXIT_CODES = `
Exit codes:
  0  it was told to stop, or help was asked for
  1  it cannot run
  2  the command or an option is wrong`;

/**
 * Runs the command that the arguments name, until the signal or until it ends by itself.
 *
 * @returns exit code
 */
export async function runStudio(args: readonly string[], surroundings: Surroundings): Promise<number> {
  let exitCode = 0;
  const root = rootOf(surroundings);
  for (const add of COMMANDS) {
    add(root, surroundings, async (starting) => {
      exitCode = await untilEnded(await starting, surroundings);
    });
  }
  try {
    await root.parseAsync(args.length === 0 ? ['--help'] : [...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    // The parser has told it already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const told = messageOf(error);
    if (told === undefined) throw error;
    surroundings.printError(told);
    return 1;
  }
}

function rootOf({ print, printError, columns }: Surroundings): Command {
  const write = (say: (text: string) => void) => (text: string) => say(text.trimEnd());
  const { version } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as {
    version: string;
  };
  return new Command('shotgrid-studio')
    .description('A studio in a box, on loopback: for those who write tools for ShotGrid.')
    .exitOverride()
    .configureOutput({
      writeOut: write(print),
      writeErr: write(printError),
      getOutHelpWidth: () => columns,
      getErrHelpWidth: () => columns,
    })
    .version(version, '-v, --version', 'prints the version')
    .helpOption('-h, --help', 'prints this help')
    .helpCommand('help [command]', 'prints the help of a command')
    .showHelpAfterError('See shotgrid-studio --help.')
    .addHelpText('after', EXIT_CODES);
}

async function untilEnded(running: Running, { print, signal }: Surroundings): Promise<number> {
  print(running.told);
  const stopped = signal.aborted ? Promise.resolve(0) : once(signal, 'abort').then(() => 0);
  const exitCode = await Promise.race([stopped, running.ended ?? stopped]);
  await running.close();
  return exitCode;
}

/** What a person can act on; undefined for a bug of ours, which needs its trace. */
function messageOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, port } = error as NodeJS.ErrnoException & { readonly port?: number };
  if (code === 'EADDRINUSE') return `Port ${port} is taken. End what listens there, or choose another port.`;
  return error.constructor === Error || code !== undefined ? error.message : undefined;
}
