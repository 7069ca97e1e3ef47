import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** A command that runs until it is told to stop, in a process of its own. */
export interface CommandProcess {
  /** What the awaited words of its output matched. */
  readonly told: RegExpExecArray;
  /** Tells it to stop, as Ctrl+C does. @returns its exit code */
  stop(): Promise<number | null>;
}

/** @throws Error with all output if the command ends before it writes what is awaited */
export async function startCommand(
  [program, ...args]: readonly [string, ...string[]],
  awaited: RegExp,
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<CommandProcess> {
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = once(child, 'exit') as Promise<[number | null]>;
  let output = '';
  const told = await new Promise<RegExpExecArray>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      const found = awaited.exec(output);
      if (found !== null) resolve(found);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    exited.then(([code]) => reject(new Error(`${program} ended with ${code}:\n${output}`)), reject);
  });
  return {
    told,
    async stop() {
      child.kill('SIGINT');
      const [code] = await exited;
      return code;
    },
  };
}
