import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createServer } from 'vite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { variablesWithoutOurs } from '../../../src/config/environment.ts';
import { versionsIn } from '../../../src/cli/init/dev-packages.ts';
import { findingOf } from '../../../src/cli/init/site-snapshot.ts';
import { startNode } from '../../../src/cli/dev/child.ts';

describe('the versions of the packages that a repository is built with', () => {
  it('are those of the manifest, and left to npm where it has none, as in a bundle of an earlier version', () => {
    expect(versionsIn('{ "devDependencies": { "typescript": "7.1.0" } }')).toEqual({ typescript: '7.1.0' });
    expect(versionsIn('{ "name": "shotgraph" }')).toEqual({});
  });
});

describe('the finding about the schema', () => {
  it('names the types that could not be read', () => {
    expect(findingOf(3, [])).toMatchObject({ level: 'ok', found: '3 types' });
    expect(findingOf(3, [{ type: 'Shot', code: 'UPSTREAM_TIMEOUT' }])).toMatchObject({
      level: 'warn',
      found: '3 types; not read: Shot (UPSTREAM_TIMEOUT)',
    });
  });
});

describe('a program that needs no settings', () => {
  const atOnce = new AbortController().signal;
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'shotgraph-child-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is started without those of the server', async () => {
    process.env['SHOTGRAPH_SITE_SCRIPT_KEY'] = 'a-secret';
    const script = `process.exitCode = process.env.PATH && !('SHOTGRAPH_SITE_SCRIPT_KEY' in process.env) ? 0 : 1`;
    const args = ['-e', script];
    try {
      expect(await startNode(args, { folder, atOnce, environment: variablesWithoutOurs() }).ended).toBe(0);
      expect(await startNode(args, { folder, atOnce }).ended).toBe(1);
    } finally {
      delete process.env['SHOTGRAPH_SITE_SCRIPT_KEY'];
    }
  });
});

describe('the front end that Vite serves', () => {
  it('is served with its packages, and with nothing else of the repository', async () => {
    const root = resolve('templates/vite');
    const server = await createServer({ configFile: join(root, 'vite.config.mjs'), server: { port: 0 } });
    try {
      const { allow } = server.config.server.fs;
      expect(allow).toContain(root);
      expect(allow).toContain(resolve('node_modules'));
      const others = [resolve('secrets'), resolve('.'), resolve('templates')];
      expect(allow.filter((place) => others.some((other) => other.startsWith(place)))).toEqual([]);
    } finally {
      await server.close();
    }
  });
});
