import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BrowserClient } from '../support/browser-client.ts';
import { startStudio, type Studio } from '../support/studio.ts';

interface Entry {
  readonly action: string;
  readonly outcome: string;
  readonly sent?: boolean;
  readonly entity?: { readonly id: number };
}

/** Writes that take longer than anybody waits: the trail says what the answer would have said. */
describe('The audit trail of a write that is cut off', () => {
  let folder: string;
  let file: string;
  let studio: Studio;
  let mira: BrowserClient;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'shotgraph-audit-end-'));
    file = join(folder, 'audit.jsonl');
    studio = await startStudio({ SHOTGRAPH_AUDIT: file, SHOTGRAPH_STOP_TIMEOUT_SECONDS: '1' });
    mira = new BrowserClient();
    await studio.launch(mira, 'mira', studio.mirasVersionIds.slice(0, 1));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const entries = async (): Promise<Entry[]> =>
    (await readFile(file, 'utf8'))
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Entry);
  const writes = () => {
    const [first, second, third] = studio.mirasVersionIds;
    return `mutation {
      a: updateVersion(id: ${first}, input: { description: "cut" }) { id }
      b: updateVersion(id: ${second}, input: { description: "cut" }) { id }
      c: updateVersion(id: ${third}, input: { description: "cut" }) { id }
    }`;
  };
  /** The first of them is at the site, which keeps its answer back. */
  const begin = async (): Promise<{ readonly answering: Promise<unknown>; leave(): void }> => {
    const leaving = new AbortController();
    await studio.fault({ match: { method: 'PUT' }, delayMs: 30_000, after: true });
    const cookies = [...mira.cookies(studio.bffUrl)].map(([name, value]) => `${name}=${value}`);
    const answering = fetch(`${studio.bffUrl}/graphql`, {
      method: 'POST',
      body: JSON.stringify({ query: writes() }),
      headers: {
        cookie: cookies.join('; '),
        'sec-fetch-site': 'same-origin',
        'content-type': 'application/json',
      },
      signal: leaving.signal,
    }).catch((error: unknown) => error);
    for (let isThere = false; !isThere;) {
      // Until the row has changed.
      const { data } = await studio.ask(
        mira,
        `{ version(id: ${studio.mirasVersionIds[0]}) { description } }`,
      );
      isThere = (data?.['version'] as { description: string }).description === 'cut';
    }
    return { answering, leave: () => leaving.abort() };
  };
  const changesOf = (trail: readonly Entry[]) => trail.filter(({ action }) => action === 'change');
  const assertTold = (changes: readonly Entry[]): void => {
    const ids = studio.mirasVersionIds.slice(0, 3);
    expect(changes.map(({ entity, outcome, sent = true }) => [entity?.id, outcome, sent])).toEqual([
      [ids[0], 'unknown', true],
      [ids[1], 'failed', false],
      [ids[2], 'failed', false],
    ]);
  };

  it('by its client separates what may have been created from what was never sent', async () => {
    const { answering, leave } = await begin();
    leave();
    await answering;
    let changes: readonly Entry[] = [];
    // Records follow.
    while (changes.length < 3) changes = changesOf(await entries());
    assertTold(changes);
    await studio.stop();
  });

  it('by the shutdown of the server is recorded before the last record', async () => {
    const { answering } = await begin();
    await studio.stop();
    await answering;
    const trail = await entries();
    expect(trail.map(({ action }) => action).indexOf('server.stopped')).toBe(trail.length - 1);
    assertTold(changesOf(trail));
  });
});
