import { once } from 'node:events';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  descendantsOf,
  type DevRepository,
  isThere,
  makeDevRepository,
  type Running,
} from '../support/dev-repository.ts';

/** A pipeline developer changes what stands around the code, and ends `shotgraph dev` in every way. */
describe('shotgraph dev', () => {
  let repository: DevRepository;
  let dev: Running;
  beforeAll(async () => {
    repository = await makeDevRepository('plain');
    await cp(join(repository.folder, '.env'), join(repository.folder, '.env.staging'));
  });
  afterEach(() => {
    if (dev.child.exitCode !== null || dev.child.signalCode !== null) return;
    for (const pid of [...descendantsOf(dev.child.pid), dev.child.pid!]) process.kill(pid, 'SIGKILL');
  });
  afterAll(() => repository.close());

  const at = (path: string): string => join(repository.folder, path);

  /** Runs it until the server answers. @returns every process that it has started */
  async function started(...args: readonly string[]): Promise<readonly number[]> {
    dev = repository.run(['dev', ...args]);
    await dev.until(() => dev.said().includes('Watching'));
    await dev.until(() => repository.isUp());
    return descendantsOf(dev.child.pid);
  }

  async function expectNothingLeft(processes: readonly number[]): Promise<void> {
    expect(processes.length).toBeGreaterThan(0);
    expect(processes.filter(isThere)).toEqual([]);
    expect(await repository.isUp()).toBe(false);
  }

  it('reads a corrected file of --env again, and ends with everything when its terminal is closed', async () => {
    await started('--env', 'staging');
    const text = await readFile(at('.env.staging'), 'utf8');
    dev.hush();
    await writeFile(at('.env.staging'), `${text}SHOTGRAPH_LOG_LEVEL=loud\n`);
    await dev.until(() => dev.said().includes('waits for the change'));
    expect(dev.said()).toMatch(/Changed: \.env\.staging[\s\S]*SHOTGRAPH_LOG_LEVEL/u);
    expect(await repository.isUp()).toBe(true);
    await writeFile(at('.env.staging'), `${text}SHOTGRAPH_LOG_LEVEL=info\n`);
    await dev.until(() => dev.said().includes('"server.started"'));
    await dev.until(() => repository.isUp());
    const processes = descendantsOf(dev.child.pid);
    dev.child.kill('SIGHUP');
    expect(await dev.ended).toBe(0);
    await expectNothingLeft(processes);
  });

  it('gives a front end that is added later a server of its own, and ends it at Ctrl+C in order', async () => {
    await started();
    await mkdir(at('apps/second'));
    await writeFile(at('apps/second/index.html'), '<!doctype html><title>Second</title>');
    await writeFile(at('apps/second/vite.config.mjs'), "export default { base: '/apps/second/' };\n");
    const text = await readFile(at('shotgraph.yml'), 'utf8');
    dev.hush();
    await writeFile(
      at('shotgraph.yml'),
      text.replace(/^apps:\n/mu, 'apps:\n  second:\n    directory: apps/second\n'),
    );
    await dev.until(() => /second is served by Vite at \S+/u.test(dev.said()));
    const url = /second is served by Vite at (\S+)/u.exec(dev.said())?.[1] ?? '';
    await dev.until(async () => (await fetch(url).catch(() => undefined))?.status === 200);
    await dev.until(() => dev.said().includes('"server.started"'));
    await dev.until(() => repository.isUp());
    expect(await (await fetch(url)).text()).toContain('<title>Second</title>');
    const processes = descendantsOf(dev.child.pid);
    dev.hush();
    // A terminal sends it to the whole group. The server is not in it, and ends once and in order.
    process.kill(-dev.child.pid!, 'SIGINT');
    expect(await dev.ended).toBe(0);
    expect(dev.said().match(/"server\.stopped"/gu)).toHaveLength(1);
    await expectNothingLeft(processes);
    await expect(fetch(url)).rejects.toThrow('fetch failed');
    await writeFile(at('shotgraph.yml'), text);
  });

  it('ends at once at a second Ctrl+C, although a request keeps its server busy', async () => {
    const processes = await started();
    const { port } = new URL(repository.bffUrl);
    const client = connect(Number(port), 'localhost');
    await once(client, 'connect');
    client.on('error', () => undefined);
    client.write(
      'POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{',
    );
    // The first ones may come so soon after another that they count as one.
    const again = setInterval(() => dev.child.kill('SIGINT'), 100);
    await dev.until(() => dev.said().includes('Ended at once')).finally(() => clearInterval(again));
    const code = await dev.ended;
    client.destroy();
    expect(code).toBe(1);
    await expectNothingLeft(processes);
  });
});
