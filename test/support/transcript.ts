import { type ChildProcess, spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { stripVTControlCharacters } from 'node:util';

/** What a person types and reads, line by line, as it happened. */
export class Transcript {
  readonly #folder: string;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #lines: string[] = [];

  constructor(folder: string, environment: NodeJS.ProcessEnv) {
    this.#folder = folder;
    this.#environment = environment;
  }

  get text(): string {
    return this.#lines.join('\n');
  }

  /** A line that is told as it is. */
  note(line: string): void {
    this.#lines.push(line);
  }

  /** Types a command and waits for its end. @throws Error with all output unless it ends well */
  async type(command: string): Promise<void> {
    const { ended, said } = this.#start(command);
    const code = await ended;
    if (code !== 0) throw new Error(`"${command}" ended with ${code}:\n${said()}`);
    this.#tell(command, said());
  }

  /** Types a command that goes on, and waits until it has said this. */
  async typeUntil(command: string, awaited: RegExp): Promise<Typed> {
    const { child, ended, said } = this.#start(command);
    const told = await new Promise<RegExpExecArray>((resolve, reject) => {
      const look = (): void => {
        const found = awaited.exec(said());
        if (found !== null) resolve(found);
      };
      for (const stream of [child.stdout, child.stderr]) stream?.on('data', look);
      void ended.then((code) => reject(new Error(`"${command}" ended with ${code}:\n${said()}`)));
    });
    this.#tell(command, said());
    return {
      told,
      async interrupt() {
        // A terminal sends it to each process of the command.
        if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
          process.kill(-child.pid, 'SIGINT');
        await ended;
      },
    };
  }

  #start(command: string) {
    const child: ChildProcess = spawn('bash', ['-c', command], {
      cwd: this.#folder,
      env: this.#environment,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    return { child, ended, said: () => stripVTControlCharacters(output) };
  }

  /** The server's log is in lines of JSON, which are for machines. */
  #tell(command: string, output: string): void {
    const lines = output.split('\n').filter((line) => !line.startsWith('{') && !line.startsWith('npm warn'));
    this.#lines.push(`$ ${command}`, ...lines.join('\n').trim().split('\n').filter(isNoRepeat));
  }
}

/** A command that goes on. */
export interface Typed {
  readonly told: RegExpExecArray;
  /** Ctrl+C. Resolves once every process of it has closed its output. */
  interrupt(): Promise<void>;
}

const isNoRepeat = (line: string, index: number, all: readonly string[]): boolean =>
  line !== '' || all[index - 1] !== '';

/** What differs from run to run: ports, times (of a fast machine in other units), counts of packages. */
const steady = (text: string): string =>
  text
    .replaceAll(/(?<=(?:127\.0\.0\.1|localhost):)\d+|(?<=-port )\d+/gu, 'PORT')
    .replaceAll(/\b\d+ ?(?:m|s|ms)\b/gu, 'TIME')
    .replaceAll(/\b\d+(?= packages\b)/gu, 'N');

/** The block of a page of the docs that this transcript is, as prettier leaves it. */
export async function transcriptInDocs(
  page: string,
  name: string,
  text: string,
): Promise<{ readonly kept: string; readonly made: string }> {
  const begin = `<!-- begin: ${name}, copied from a run of test/chaos/first-morning.test.ts -->\n\n\`\`\`\n`;
  const end = `\n\`\`\`\n\n<!-- end: ${name} -->`;
  const content = await readFile(page, 'utf8');
  const [before = '', rest = ''] = content.split(begin, 2);
  const at = rest.indexOf(end);
  if (process.env['UPDATE_GOLDEN'] === '1')
    await writeFile(page, `${before}${begin}${text}${rest.slice(at)}`);
  return {
    kept: steady(process.env['UPDATE_GOLDEN'] === '1' ? text : rest.slice(0, at)),
    made: steady(text),
  };
}
