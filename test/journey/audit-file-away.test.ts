import { mkdtemp, readFile, rename, rm, symlink, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TrailVerifier } from '../../src/observe/audit-chain.ts';
import { BrowserClient } from '../support/browser-client.ts';
import type { FaultyFlow } from '../support/failing-store.ts';
import { WITHOUT_LISTS } from '../support/operation-lists.ts';
import { FLOWS_ON_SITE, type SiteWorld, startSiteWorld } from '../support/flows-on-site.ts';

interface Entry {
  readonly action: string;
  readonly [field: string]: unknown;
}

interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly reason?: string;
  readonly detail?: string;
}

let folder: string;
let world: SiteWorld;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shotgraph-audit-'));
  world = await startSiteWorld({ SHOTGRAPH_AUDIT: join(folder, 'audit.jsonl'), ...WITHOUT_LISTS });
});
afterAll(async () => {
  await world.studio.stop();
  await rm(folder, { recursive: true });
});

const path = (name = 'audit.jsonl'): string => join(folder, name);

/** Ways in which the file cannot be written, each with its end. */
const FAULTS = {
  'its folder is gone': {
    reason: 'ENOENT',
    begin: () => rename(folder, `${folder}.away`),
    end: () => rename(`${folder}.away`, folder),
  },
  'the disk is full': {
    reason: 'ENOSPC',
    async begin() {
      await rename(path(), path('kept.jsonl'));
      await symlink('/dev/full', path());
    },
    async end() {
      await unlink(path());
      await rename(path('kept.jsonl'), path());
    },
  },
} as const;

let marks = 0;

/** A change of its own ends a part of the trail: the records of all requests before it precede it. */
async function mark(): Promise<string> {
  marks += 1;
  const operation = `Mark${marks}`;
  const change = `mutation ${operation}($id: Int!) { updateVersion(id: $id, input: { description: "${operation}" }) { id } }`;
  const { errors } = await world.studio.ask(world.mira, change, { variables: { id: world.versionId } });
  expect(errors).toBeUndefined();
  return operation;
}

async function entries(): Promise<readonly Entry[]> {
  const lines = (await readFile(path(), 'utf8')).trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as Entry);
}

/** What the trail says between two marks, without what differs each time. Reads by the script are counted, not listed. */
async function toldBetween(from: string, to: string): Promise<readonly object[]> {
  const all = await entries();
  const [start, end] = [from, to].map((name) => all.findIndex(({ operation }) => operation === name));
  return all
    .slice(Number(start) + 1, end)
    .filter(({ action, way }) => action !== 'access' || way !== 'script')
    .map(({ action, outcome, code, login, personId, change, fields, reason }) => ({
      ...{ action, outcome, code, login, personId, change, fields, reason },
    }));
}

async function verdict() {
  const verifier = new TrailVerifier();
  for (const [index, line] of (await readFile(path(), 'utf8')).split('\n').entries()) {
    verifier.read(line, `line ${index + 1}`);
  }
  return verifier.verdict();
}

async function checkOfTrail(): Promise<Check | undefined> {
  const answer = await fetch(`${world.studio.bffUrl}/readyz`);
  const { checks } = (await answer.json()) as { checks: readonly Check[] };
  return checks.find(({ name }) => name === 'audit trail');
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 50));
}

const isWritten = async (name: string): Promise<boolean> =>
  (await entries()).some(({ operation }) => operation === name);

const FLOWS: Readonly<Record<string, (world: SiteWorld) => Promise<FaultyFlow>>> = {
  ...FLOWS_ON_SITE,
  async 'a launch, the sign-in for it, and a sign-out'({ studio, versionId }) {
    const browser = new BrowserClient();
    const viewer = async (): Promise<unknown> => (await studio.ask(browser, '{ viewer { login } }')).data;
    let seen: unknown;
    return {
      async act() {
        await studio.launch(browser, 'mira', [versionId]);
        seen = await viewer();
        const out = await browser.post(`${studio.bffUrl}/auth/logout`, {
          from: 'same-origin',
          redirects: 'stop',
        });
        return out.status;
      },
      outcome: async () => ({ seen, after: (await viewer()) ?? null }),
      expected: { seen: { viewer: { login: 'mira' } }, after: null },
    };
  },
};

const walk = async (flow: FaultyFlow): Promise<object> => ({
  isDone: (await flow.act()) < 400,
  ...(await flow.outcome()),
});

describe.each(Object.entries(FLOWS))('%s', (_, prepare) => {
  it.each(Object.entries(FAULTS))(
    'goes on while the audit trail cannot be written because %s, and its records follow by themselves',
    async (__, { reason, begin, end }) => {
      const { studio } = world;
      const usual = await prepare(world);
      const first = await mark();
      expect(await walk(usual)).toEqual({ isDone: true, ...usual.expected });
      const second = await mark();

      const flow = await prepare(world);
      const third = await mark();
      await until(() => isWritten(third));
      const logged = studio.logLines.length;
      await begin();
      const outcome = await walk(flow);
      const fourth = await mark();
      await until(async () => (await checkOfTrail())?.reason === reason);
      const check = await checkOfTrail();
      await end();

      expect(outcome).toEqual({ isDone: true, ...flow.expected });
      expect(check).toMatchObject({ ok: true, detail: expect.stringMatching(/\d+ records wait/u) });
      await until(() => isWritten(fourth));
      expect(await toldBetween(third, fourth)).toEqual(await toldBetween(first, second));
      expect(await verdict()).toMatchObject({ problems: [], otherLines: 0 });
      await until(async () => (await checkOfTrail())?.reason === undefined);
      const log = studio.logLines.slice(logged).filter((line) => line.includes('"audit.'));
      expect(log.map((line) => /"audit\.\w+"/u.exec(line)?.[0])).toEqual([
        '"audit.failed"',
        '"audit.written_again"',
      ]);
    },
    60_000,
  );
});
