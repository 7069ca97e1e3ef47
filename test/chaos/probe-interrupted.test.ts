import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startProgram } from '../support/dev-repository.ts';
import { PROJECT, type ProbedSite, startProbedSite } from '../support/probed-site.ts';
import type { SiteCall } from '../support/site-world.ts';
import { CANARIES } from '../support/studio.ts';

let opened: ProbedSite;
let folder: string;
beforeEach(async () => {
  opened = await startProbedSite();
  folder = await mkdtemp(join(tmpdir(), 'shotgraph-probe-'));
});
afterEach(async () => {
  await opened.site.close();
  await rm(folder, { recursive: true });
});

const made = async (): Promise<readonly SiteCall[]> => {
  const calls = (await opened.site.control('GET', 'requests')) as readonly SiteCall[];
  return calls.filter(
    ({ method, path, status }) => method === 'POST' && /\/entity\/\w+$/u.test(path) && status === 201,
  );
};

it('a probe that Ctrl+C interrupts after its first write deletes what it made, and says so', async () => {
  // Each write takes a while, so that the signal comes between two of them.
  const rule = { match: { method: 'POST', path: '*/entity/*' }, delayMs: 200 };
  await opened.site.control('POST', 'faults', rule);
  const args = ['probe', '--person', 'joao', '--write-in-project', String(PROJECT)];
  const probe = startProgram(folder, args, {
    SHOTGRAPH_SITE_URL: opened.site.url,
    SHOTGRAPH_SITE_SCRIPT_NAME: 'shotgraph',
    SHOTGRAPH_SITE_SCRIPT_KEY: CANARIES.scriptKey,
    SHOTGRAPH_SCHEMA_DIRECTORY: join(folder, 'schema', 'site'),
  });
  await probe.until(async () => (await made()).length > 0);
  probe.child.kill('SIGINT');
  expect([await probe.ended, probe.said()]).toEqual([
    1,
    expect.stringContaining('Interrupted. What was answered before is in'),
  ]);
  expect(probe.said()).not.toContain('Left in ShotGrid');
  const script = await opened.site.as(null);
  const left = await Promise.all(
    [
      ['notes', 'subject'],
      ['shots', 'code'],
      ['versions', 'code'],
      ['playlists', 'code'],
    ].map(([type = '', field = '']) => script.search(type, 'id', [field, 'starts_with', 'Shotgraph probe'])),
  );
  expect(left.map(({ body }) => body.data)).toEqual([[], [], [], []]);
});
