import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../rules/source-files.ts';
import { freePort } from '../support/free-port.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { environmentOf } from '../support/studio.ts';

type Environment = Readonly<Record<string, string>>;

/** The built command, until it ends by itself. */
async function startAndWait(changes: Environment): Promise<{ exitCode: number | null; output: string }> {
  const port = await freePort();
  const nothing = 'http://127.0.0.1:9';
  const places = {
    bffUrl: `http://localhost:${port}`,
    bffPort: port,
    siteUrl: nothing,
    storageUrl: nothing,
    issuer: nothing,
  };
  const server = spawn(process.execPath, [join(ROOT, 'dist', 'src', 'main.js'), 'start'], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_OPTIONS: '', ...environmentOf(places), ...changes },
  });
  let output = '';
  for (const stream of [server.stdout, server.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const [exitCode] = (await once(server, 'close')) as [number | null];
  return { exitCode, output };
}

/** A start that fails half way ends the process, whatever was opened before: here a Redis, whose connections keep a process alive. */
describe('A server that cannot start ends, and says why', () => {
  let redis: TestRedis;
  let taken: Server;
  let takenPort: string;
  beforeAll(async () => {
    redis = await startRedis();
    taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    takenPort = String((taken.address() as AddressInfo).port);
  });
  afterAll(async () => {
    await redis.stop();
    await new Promise((resolve) => taken.close(resolve));
  });

  it.each<[string, () => Environment, RegExp]>([
    ['its port is taken', () => ({ SHOTGRAPH_PORT: takenPort }), /EADDRINUSE/u],
    ['the port of its metrics is taken', () => ({ SHOTGRAPH_METRICS_PORT: takenPort }), /EADDRINUSE/u],
    [
      'the audit trail has no folder',
      () => ({ SHOTGRAPH_AUDIT: '/nonexistent/audit.jsonl' }),
      /SHOTGRAPH_AUDIT/u,
    ],
    ['the audit trail is a folder', () => ({ SHOTGRAPH_AUDIT: ROOT }), /EISDIR/u],
    ['there is no schema', () => ({ SHOTGRAPH_SCHEMA_DIRECTORY: '/nonexistent' }), /schema pull/u],
  ])('where %s', async (_, changes, reason) => {
    const { exitCode, output } = await startAndWait({ SHOTGRAPH_STORE_URL: redis.url, ...changes() });
    expect(output).toMatch(reason);
    expect(output).not.toMatch(/^\s+at /mu);
    expect(exitCode).toBe(1);
  });
});
