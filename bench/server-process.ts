import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { freePort } from '../test/support/free-port.ts';
import { round } from './table.ts';

const POLL_MS = 10;
const START_LIMIT_MS = 60_000;
/** Of Linux, on every machine that Node runs on. */
const TICKS_PER_SECOND = 100;

interface ServerOptions {
  /** Checkout of the server, with a slash at its end. */
  readonly root: string;
  /** Where the server runs: `shotgraph.yml` and `schema` are read from there. */
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
  /** A file that runs in the process before the server, and talks to us. */
  readonly probe?: string | undefined;
}

interface Ports {
  readonly port: number;
  readonly metricsPort: number;
}

/** The server as it ships: `dist/src/main.js start` in a process of its own. */
export class ServerProcess {
  readonly #options: ServerOptions;
  readonly #ports: Ports;
  #child: ChildProcess | undefined;
  readonly url: string;
  /** From the start of the process to the first `GET /readyz` that says yes. */
  readyMs = 0;

  private constructor(options: ServerOptions, ports: Ports) {
    this.#options = options;
    this.#ports = ports;
    this.url = `http://localhost:${ports.port}`;
  }

  /** One that is not started yet: its address is known. */
  static async prepare(options: (url: string) => Promise<ServerOptions>): Promise<ServerProcess> {
    const ports = { port: await freePort(), metricsPort: await freePort() };
    return new ServerProcess(await options(`http://localhost:${ports.port}`), ports);
  }

  async start(): Promise<void> {
    const { root, folder, environment, probe } = this.#options;
    const { port, metricsPort } = this.#ports;
    const startedAtMs = performance.now();
    const before = probe === undefined ? [] : ['--import', probe];
    const args = ['--min-semi-space-size=16', ...before, `${root}dist/src/main.js`, 'start'];
    const child = spawn(process.execPath, args, {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit', ...(probe === undefined ? [] : (['ipc'] as const))],
      env: {
        ...environment,
        SHOTGRAPH_PUBLIC_URL: this.url,
        SHOTGRAPH_PORT: String(port),
        SHOTGRAPH_METRICS_PORT: String(metricsPort),
      },
    });
    this.#child = child;
    while (performance.now() - startedAtMs < START_LIMIT_MS && child.exitCode === null) {
      const answer = await fetch(`${this.url}/readyz`).catch(() => undefined);
      if (answer?.status === 200) {
        this.readyMs = performance.now() - startedAtMs;
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    await this.stop();
    throw new Error('The server did not become ready: what it wrote to stderr says why.');
  }

  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** What the file says that runs in the process. */
  async ask(question: string): Promise<unknown> {
    const child = this.#child;
    if (child?.connected !== true) throw new Error('Nothing in the server listens.');
    const answer = once(child, 'message');
    child.send(question);
    return (await answer)[0];
  }

  async megabytes(): Promise<number> {
    const status = await readFile(`/proc/${this.#child?.pid}/status`, 'utf8');
    return round(Number(/^VmRSS:\s*(?<kib>\d+)/mu.exec(status)?.groups?.['kib']) / 1000, 0);
  }

  /** CPU of the server so far, as the kernel counts it. */
  async cpuSeconds(): Promise<number> {
    const stat = await readFile(`/proc/${this.#child?.pid}/stat`, 'utf8');
    const [user, system] = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 13);
    return (Number(user) + Number(system)) / TICKS_PER_SECOND;
  }

  /** What the server says of the searches so far: their mean time at the site, and that of their waiting before. */
  async searchTimes(): Promise<{ readonly siteMs: number; readonly waitMs: number }> {
    const text = await (await fetch(`http://localhost:${this.#ports.metricsPort}/metrics`)).text();
    const sumOf = (name: string): number =>
      [...text.matchAll(new RegExp(`^${name}\\{kind="search"[^}]*\\} (?<value>\\S+)`, 'gmu'))]
        .map(({ groups }) => Number(groups?.['value']))
        .reduce((sum, value) => sum + value, 0);
    const meanOf = (name: string): number => (1000 * sumOf(`${name}_sum`)) / sumOf(`${name}_count`);
    return { siteMs: meanOf('shotgraph_site_call_seconds'), waitMs: meanOf('shotgraph_site_wait_seconds') };
  }
}
