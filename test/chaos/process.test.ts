import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCommand } from '../../src/cli/run-command.ts';
import { BrowserClient } from '../support/browser-client.ts';
import { startStudioProcess, type StudioProcess } from '../support/studio-process.ts';

/** A connector that its author has not thought through: promises that nobody waits for, and a timer that throws. */
const CONNECTOR = `export const connector = {
  typeDefs: 'extend type Query { careless: String broken: String }  extend type Mutation { crash: String }',
  queries: {
    careless: async () => { void Promise.reject(new Error('canary-careless')); return 'done'; },
    broken: async () => { throw new Error('canary-broken'); },
  },
  mutations: {
    crash: async () => { setTimeout(() => { throw new Error('canary-crash'); }, 0); return 'soon'; },
  },
};`;

const YAML = `amis:
  review: { secrets: ['\${SHOTGRAPH_AMI_SECRET_REVIEW}'], opens: /apps/review/ }
apps:
  review: { directory: . }
systems:
  careless: { connector: careless.js, baseUrl: 'http://127.0.0.1:9', token: { way: forward } }
`;

/** The real command in a process of its own, which is told to stop, crashes, or is used carelessly. */
describe('The process', () => {
  let folder: string;
  let studio: StudioProcess;
  let mira: BrowserClient;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'shotgraph-process-'));
    await writeFile(join(folder, 'careless.js'), CONNECTOR);
    await writeFile(join(folder, 'package.json'), '{"type": "module"}');
    await writeFile(join(folder, 'index.html'), '<!doctype html>');
    await writeFile(join(folder, 'shotgraph.yml'), YAML);
    studio = await startStudioProcess({
      SHOTGRAPH_CONFIG: join(folder, 'shotgraph.yml'),
      SHOTGRAPH_AUDIT: join(folder, 'audit.jsonl'),
      SHOTGRAPH_LOG_LEVEL: 'info',
      SHOTGRAPH_STOP_DELAY_SECONDS: '1',
    });
    mira = new BrowserClient();
    const page = await mira.get(`${studio.bffUrl}/auth/login`);
    await mira.post(page.url, { form: { login: 'mira' } });
  });
  afterEach(async () => {
    await studio.stop();
    await rm(folder, { recursive: true });
  });

  const ask = async (query: string) => {
    const { status, body } = await mira.post(`${studio.bffUrl}/graphql`, {
      json: { query },
      from: 'same-origin',
    });
    return {
      status,
      body: JSON.parse(body) as {
        data?: unknown;
        errors?: { extensions: { code: string; requestId: string } }[];
      },
    };
  };
  /** The line of the log: it may come after the answer. */
  const logged = async (text: string): Promise<string> => {
    for (;;) {
      const line = studio.server
        .output()
        .split('\n')
        .find((one) => one.includes(text));
      if (line !== undefined) return line;
      await delay(20);
    }
  };
  const control = (path: string, init: RequestInit) =>
    fetch(`${studio.siteUrl}/__studio/${path}`, { headers: { 'content-type': 'application/json' }, ...init });
  const verify = async (): Promise<string> => {
    const said: string[] = [];
    const terminal = {
      print: (text: string) => said.push(text),
      printError: (text: string) => said.push(text),
    };
    await runCommand(['audit', 'verify', join(folder, 'audit.jsonl')], terminal);
    return said.join('\n');
  };

  it('continues after a connector leaves a rejected promise unhandled (G25)', async () => {
    const { body } = await ask('{ careless viewer { login } }');
    expect(body).toMatchObject({ data: { careless: 'done', viewer: { login: 'mira' } } });
    expect((await ask('{ viewer { login } }')).status).toBe(200);
    // Those who develop are told its text, in the log alone.
    expect(await logged('process.unhandled_rejection')).toContain('canary');
    expect(JSON.stringify(body)).not.toContain('canary');
  });

  it('logs what a connector throws under the request id and shows nobody its text, also without NODE_ENV (G26)', async () => {
    const { body } = await ask('{ broken viewer { login } }');
    const [error] = body.errors ?? [];
    expect([body.data, error?.extensions.code]).toEqual([
      { broken: null, viewer: { login: 'mira' } },
      'SYSTEM_BROKEN',
    ]);
    const line = await logged('SYSTEM_BROKEN');
    expect(JSON.parse(line)).toMatchObject({
      event: 'outage',
      level: 'warn',
      requestId: error?.extensions.requestId,
      upstream: 'careless',
    });
    expect(JSON.stringify(body)).not.toMatch(/canary|stacktrace/u);
  });

  it('finishes its requests after an unexpected exception, and ends with a failure', async () => {
    await control('faults', {
      method: 'POST',
      body: JSON.stringify({ match: { path: '/api/v1/entity/Version/_search' }, delayMs: 500 }),
    });
    const underWay = ask('{ version(id: 117) { id } }');
    await ask('mutation { crash }');
    expect((await underWay).body.data).toEqual({ version: { id: 117 } });
    expect(await studio.server.exited).toBe(1);
    expect(studio.server.output()).toContain('process.uncaught_exception');
    expect(await verify()).not.toContain('no last record');
  });

  it('answers all accepted requests when it is stopped under load, and ends with success (G23)', async () => {
    await control('faults', {
      method: 'POST',
      body: JSON.stringify({ match: { path: '/api/v1/entity' }, delayMs: 400 }),
    });
    // A connection that the server has not accepted yet is not taken on: each call gets one that it has accepted.
    await Promise.all(Array.from({ length: 41 }, () => ask('{ __typename }')));
    const write = ask(
      'mutation { updateVersion(id: 117, input: { description: "last words" }) { description } }',
    );
    const reads = Array.from({ length: 40 }, () => ask('{ version(id: 117) { id } }'));
    const stopped = studio.server.stop();
    // A load balancer sees it and sends nobody any more.
    const isReady = async (): Promise<boolean> => (await fetch(`${studio.bffUrl}/readyz`)).status === 200;
    while (await isReady()) await new Promise((resolve) => setImmediate(resolve));
    for (const { status, body } of await Promise.all(reads)) {
      expect([status, body.data]).toEqual([200, { version: { id: 117 } }]);
    }
    expect((await write).body.data).toEqual({ updateVersion: { description: 'last words' } });
    await stopped;
    expect(await studio.server.exited).toBe(0);
    await expect(fetch(`${studio.bffUrl}/healthz`)).rejects.toThrow();
    const trail = await readFile(join(folder, 'audit.jsonl'), 'utf8');
    expect(trail).toContain('"change":"update"');
    expect(await verify()).not.toContain('no last record');
  });
});
