import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../../src/cli/run-command.ts';
import { BrowserClient } from '../support/browser-client.ts';
import { WITHOUT_LISTS } from '../support/operation-lists.ts';
import { startStudio, type Studio } from '../support/studio.ts';

interface Entry {
  readonly action: string;
  readonly outcome: string;
  readonly code?: string;
  readonly login?: string;
  readonly launch?: string;
  readonly requestId?: string;
  readonly sessionUuid?: string;
  readonly [field: string]: unknown;
}

const NOTE = `mutation Review($id: Int!) {
  updateVersion(id: $id, input: { sgStatusList: "apr", description: "canary-description" }) { id }
  createNote(input: { project: { type: "Project", id: 1 }, subject: "canary-subject", noteLinks: [{ type: "Version", id: $id }] }) { id }
}`;

describe('The audit trail of a day', () => {
  let folder: string;
  let file: string;
  let studio: Studio;
  let selected: readonly number[];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'shotgraph-audit-'));
    file = join(folder, 'audit.jsonl');
    studio = await startStudio({ SHOTGRAPH_AUDIT: file, ...WITHOUT_LISTS });
    selected = studio.mirasVersionIds.slice(0, 1);
  });
  afterAll(async () => {
    await studio.stop();
    await rm(folder, { recursive: true });
  });

  const lines = async (path = file): Promise<string[]> =>
    (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '');
  /** Records follow the answers that they tell of: waits until the last is the one that is looked for. */
  const entriesUntil = async (isLast: (entry: Entry) => boolean): Promise<Entry[]> => {
    for (;;) {
      const entries = (await lines()).map((line) => JSON.parse(line) as Entry);
      if (entries.slice(-1).some(isLast)) return entries;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const verify = async (...args: string[]): Promise<{ code: number; said: string }> => {
    const said: string[] = [];
    const terminal = {
      print: (text: string) => said.push(text),
      printError: (text: string) => said.push(text),
    };
    return { code: await runCommand(['audit', 'verify', ...args], terminal), said: said.join('\n') };
  };
  const changed = async (change: (all: string[]) => string[]): Promise<string> => {
    const path = join(folder, `copy-${Math.random()}.jsonl`);
    await writeFile(path, `${change(await lines()).join('\n')}\n`);
    return path;
  };

  it('records who signed in how and what they changed, and joins everything of one launch', async () => {
    const browser = new BrowserClient();
    const page = await studio.launch(browser, 'mira', selected);
    const launchId = new URL(page.url).searchParams.get('launch') ?? '';
    const answer = await studio.ask(browser, NOTE, { variables: { id: selected[0] }, launchId });
    expect(answer.errors).toBeUndefined();
    await browser.post(`${studio.bffUrl}/auth/logout`, { from: 'same-origin' });
    const trail = await entriesUntil(({ action }) => action === 'sign_out');
    expect(trail.map(({ action, outcome, login }) => [action, outcome, login])).toEqual([
      ['server.started', 'done', undefined],
      ['launch.landed', 'done', 'mira'],
      ['account.mapped', 'done', 'mira'],
      ['launch.claimed', 'done', 'mira'],
      ['sign_in', 'done', 'mira'],
      ['change', 'done', 'mira'],
      ['change', 'done', 'mira'],
      ['sign_out', 'done', 'mira'],
    ]);
    expect(trail.at(-1)).toMatchObject({ personId: 31, way: 'sudo', reason: 'signed_out' });
    const changes = trail.filter(({ action }) => action === 'change');
    expect(changes[0]).toMatchObject({
      subject: expect.any(String),
      issuer: studio.issuer,
      personId: 31,
      way: 'sudo',
      by: 'session',
      operation: 'Review',
      change: 'update',
      entity: { type: 'Version', id: selected[0] },
      fields: ['description', 'sg_status_list'],
    });
    expect(changes[1]).toMatchObject({
      change: 'create',
      entity: { type: 'Note', id: expect.any(Number) },
      fields: expect.arrayContaining(['subject', 'note_links', 'project']),
    });
    const marks = new Set(trail.slice(1, -1).flatMap(({ launch }) => launch ?? []));
    expect(marks.size).toBe(1);
    expect(changes.every(({ sessionUuid }) => sessionUuid?.startsWith('d8592bd6-'))).toBe(true);
  });

  it('joins with the site’s event log by the window that the launch came from (G10)', async () => {
    const browser = new BrowserClient();
    const page = await studio.launch(browser, 'mira', selected);
    const launchId = new URL(page.url).searchParams.get('launch') ?? '';
    await studio.ask(browser, NOTE, { variables: { id: selected[0] }, launchId });
    const change = (await entriesUntil(({ change: kind }) => kind === 'create')).at(-1);
    const { sessionUuid } = change ?? {};
    const { data } = await studio.ask(
      browser,
      `{ eventLogEntries(first: 20, sort: [{ field: ID, direction: DESC }]) { nodes { sessionUuid eventType entity { __typename id } meta user { name } } } }`,
    );
    const { nodes } = data?.['eventLogEntries'] as {
      nodes: { sessionUuid: string | null; eventType: string }[];
    };
    const joined = nodes.filter((node) => node.sessionUuid === sessionUuid);
    expect(joined.length).toBeGreaterThan(0);
    // The note that was made last: hers, by our script, and the same record as in our trail.
    expect(joined.find(({ eventType }) => eventType === 'Shotgun_Note_New')).toMatchObject({
      user: { name: 'Mira Okafor' },
      meta: { sudo_actual_user: expect.objectContaining({ type: 'ApiUser' }) },
      entity: { __typename: 'Note', id: (change?.['entity'] as { id: number }).id },
    });
    // Our log has the request under the same id.
    expect(studio.logLines.some((line) => line.includes(`"requestId":"${change?.requestId}"`))).toBe(true);
  });

  it('records each refusal, its person, and the ids from ShotGrid and from this server', async () => {
    const browser = new BrowserClient();
    await studio.launch(browser, 'mira', selected);
    const { errors } = await studio.ask(
      browser,
      'mutation Rename($id: Int!) { updateVersion(id: $id, input: { code: "mine" }) { id } }',
      { variables: { id: 2000 } },
    );
    const [error] = errors ?? [];
    const refused = (await entriesUntil(({ operation }) => operation === 'Rename')).at(-1);
    expect(refused).toMatchObject({
      action: 'change',
      outcome: expect.stringMatching(/refused|failed/u),
      code: error?.extensions.code,
      operation: 'Rename',
    });
    expect(refused?.requestId).toBe((error?.extensions as { requestId?: string }).requestId);

    const other = await studio.launch(new BrowserClient(), 'ada', selected);
    expect(other.status).toBe(403);
    const signIn = await entriesUntil(({ action }) => action === 'sign_in');
    expect(signIn.at(-1)).toMatchObject({
      action: 'sign_in',
      outcome: 'refused',
      code: 'IMPERSONATION_REFUSED',
      subject: expect.any(String),
    });
    await fetch(`${studio.bffUrl}/ami/review`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'user_login=mira&signature=0',
    });
    const landed = await entriesUntil(({ code }) => code === 'AMI_SIGNATURE');
    expect(landed.at(-1)).toMatchObject({
      action: 'launch.landed',
      outcome: 'refused',
      code: 'AMI_SIGNATURE',
      ami: 'review',
    });
  });

  it('contains no value of a field, no token, no name and no e-mail address of a person', async () => {
    const text = await readFile(file, 'utf8');
    for (const secret of ['canary', 'Okafor', '@lantern', 'eyJ', 'Bearer', 'demo-script-key']) {
      expect(text).not.toContain(secret);
    }
  });

  it('is complete, and shows where it is not', async () => {
    const whole = await verify(file);
    expect(whole).toMatchObject({ code: 0, said: expect.stringMatching(/^\d+ records of 1 servers/mu) });
    // It still runs.
    expect(whole.said).toMatch(/^Server [\w-]{12} has no last record\./u);
    const head = /Head: (?<head>[0-9a-f]{64})/u.exec(whole.said)?.groups?.['head'] ?? '';
    expect((await verify(file, '--head', head)).code).toBe(0);
    // A head that was noted once does when the trail has grown since.
    const noted = (JSON.parse((await lines())[2] ?? '{}') as { hash: string }).hash;
    expect((await verify(file, '--head', noted)).code).toBe(0);

    const edited = await changed((all) =>
      all.map((line) => line.replace('"apr"', '"fin"').replace('"mira"', '"joao"')),
    );
    expect(await verify(edited)).toMatchObject({ code: 1, said: expect.stringContaining('was changed') });
    const cutOut = await changed((all) => all.filter((_, index) => index !== 3));
    expect(await verify(cutOut)).toMatchObject({ code: 1, said: expect.stringContaining('was due') });
    const beheaded = await changed((all) => all.slice(2));
    expect(await verify(beheaded)).toMatchObject({ code: 1, said: expect.stringContaining('are missing') });
    const cutOff = await changed((all) => all.slice(0, -1));
    expect((await verify(cutOff)).code).toBe(0);
    expect(await verify(cutOff, '--head', head)).toMatchObject({
      code: 1,
      said: expect.stringContaining('the end'),
    });
    expect((await verify(join(folder, 'nowhere'))).code).toBe(1);
    expect((await verify()).code).toBe(2);
  });

  it('continues after a restart, and beside another server, in one file', async () => {
    const other = await startStudio({ SHOTGRAPH_AUDIT: file, ...WITHOUT_LISTS });
    await Promise.all([
      other.launch(new BrowserClient(), 'mira', selected),
      studio.launch(new BrowserClient(), 'mira', selected),
    ]);
    await other.stop();
    const again = await startStudio({ SHOTGRAPH_AUDIT: file, ...WITHOUT_LISTS });
    await again.stop();
    expect(await verify(file)).toMatchObject({ code: 0, said: expect.stringContaining('of 3 servers') });
    // What the later servers follow was taken away.
    const without = await changed((all) => all.slice(-1));
    expect((await verify(without)).code).toBe(1);
  });
});
