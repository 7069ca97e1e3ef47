import { runCommand } from '../../src/cli/run-command.ts';

export interface Captured {
  readonly code: number;
  readonly printed: string;
  readonly errors: string;
}

/** Runs a command in this process, with the settings of its environment, and keeps what it says. */
export async function runCaptured(...args: readonly string[]): Promise<Captured> {
  const printed: string[] = [];
  const errors: string[] = [];
  const code = await runCommand(args, {
    print: (text) => printed.push(text),
    printError: (text) => errors.push(text),
  });
  return { code, printed: printed.join('\n'), errors: errors.join('\n') };
}
