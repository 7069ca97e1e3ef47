import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../../src/cli/run-command.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { createAccountMemory } from '../../src/identity/person/account-memory.ts';
import type { Subject } from '../../src/base/ids.ts';
import { createVault, placeOf } from '../../src/store/vault.ts';
import { ROOT } from '../rules/source-files.ts';
import { DumpedStore } from '../support/dumped-store.ts';
import { askAs, type Kept, workOn } from '../support/kept-records.ts';
import { type KeptServer, startKeptServer } from '../support/kept-server.ts';
import { ofFirstForm, shapesIn } from '../support/record-shapes.ts';

const FIXTURES = join(ROOT, 'test', 'fixtures');
const HOUR_MS = 3_600_000;
/** Kinds of records that 0.1.0 did not have. */
const KINDS_SINCE = new Set(['operation-list', 'operations']);

type Sending = Omit<RequestInit, 'headers'> & { readonly headers?: Readonly<Record<string, string>> };

/** What a server of 0.1.0 left when it stopped: its store, its audit trail, and what its clients held. */
describe('a server that takes over from one of version 0.1.0', () => {
  let folder: string;
  let auditFile: string;
  let kept: Kept;
  let nowMs: number;
  let dumped: DumpedStore;
  let server: KeptServer;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'shotgraph-earlier-'));
    auditFile = join(folder, 'audit.jsonl');
    await copyFile(join(FIXTURES, 'kept-0.1.0-audit.jsonl'), auditFile);
    kept = JSON.parse(await readFile(join(FIXTURES, 'kept-0.1.0.json'), 'utf8')) as Kept;
    nowMs = kept.takenAtMs;
    const now = (): number => nowMs;
    dumped = new DumpedStore(now);
    await dumped.fill(kept.records);
    nowMs += 5000;
    server = await startKeptServer({ store: dumped.store, now, auditFile });
  });
  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true });
  });

  const send = (path: string, cookie: string, { headers, ...init }: Sending = {}): Promise<Response> =>
    fetch(`${server.url}${path}`, {
      redirect: 'manual',
      ...init,
      headers: { cookie, 'sec-fetch-site': 'same-origin', accept: 'application/json', ...headers },
    });
  const codes = async (cookie: string, query: string, variables = {}): Promise<readonly string[]> =>
    ((await askAs(server.url, cookie, query, variables)).errors ?? []).map(
      ({ extensions }) => extensions.code,
    );

  const site = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${server.siteUrl}/__studio/${path}`, init);

  it('goes on with a session: the same person, the same end, and rows read as them', async () => {
    const answer = await send('/auth/session', kept.mira);
    expect(await answer.json()).toEqual(kept.miraSession);
    const query = '{ viewer { login acting { way } } versions(first: 1) { nodes { id } } }';
    const { data, errors } = await askAs(server.url, kept.mira, query);
    expect([errors, data?.['viewer']]).toEqual([undefined, { login: 'mira', acting: { way: 'SUDO' } }]);
    expect((data?.['versions'] as { nodes: unknown[] }).nodes).toHaveLength(1);
  });

  it('shows an open launch to its owner alone, opens one that waited, and refuses its post again', async () => {
    const query = 'query ($id: ID!) { launch(id: $id) { ami selectedIds } }';
    const { data } = await askAs(server.url, kept.mira, query, { id: kept.claimedLaunch });
    expect(data?.['launch']).toEqual({ ami: 'review', selectedIds: [...server.versionIds] });
    expect(await codes(kept.ada, query, { id: kept.claimedLaunch })).toEqual(['NOT_FOUND']);
    const { id, cookies, form } = kept.waitingLaunch;
    const opened = await send(`/launch/${id}`, `${kept.mira}; ${cookies}`);
    expect([opened.status, opened.headers.get('location')]).toEqual([303, `/apps/review/?launch=${id}`]);
    const headers = { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'cross-site' };
    const again = await send('/ami/review', '', { method: 'POST', body: form, headers });
    expect(await again.json()).toMatchObject({ error: { code: 'AMI_REPLAYED' } });
  });

  it('gives an upload to its person alone', async () => {
    const cancel = 'mutation ($upload: ID!) { cancelUpload(upload: $upload) }';
    expect(await codes(kept.ada, cancel, { upload: kept.upload })).toEqual(['UPLOAD_OVER']);
    const { data } = await askAs(server.url, kept.mira, cancel, { upload: kept.upload });
    expect(data?.['cancelUpload']).toBe(true);
    expect(await codes(kept.mira, cancel, { upload: kept.upload })).toEqual(['UPLOAD_OVER']);
  });

  it('tries a linked account with its tokens, and has the person link it again once the site refuses them', async () => {
    const acting = '{ viewer { login acting { way } } }';
    expect((await askAs(server.url, kept.ada, acting)).data?.['viewer']).toEqual({
      login: 'ada',
      acting: { way: 'OWN' },
    });
    await site('requests', { method: 'DELETE' });
    expect(await codes(kept.ada, '{ versions(first: 1) { nodes { id } } }')).toEqual(['OWN_ACCOUNT_NEEDED']);
    const requests = (await (await site('requests')).json()) as { path: string; status: number }[];
    expect(requests.map(({ path, status }) => `${status} ${path}`)).toContain(
      '401 /api/v1/auth/access_token',
    );
  });

  it('remembers which person an account was', async () => {
    const config = await loadConfig(server.environment);
    const vault = createVault(dumped.store, config.store.encryptionKeys, { place: placeOf(config) });
    const { subject } = kept.miraSession as { subject: Subject };
    const other = createAccountMemory(vault).keep(
      { issuer: server.issuer, subject },
      { personId: server.miraId + 1, login: 'mira' },
    );
    await expect(other).rejects.toMatchObject({ code: 'MAPPING_CHANGED' });
  });

  it('signs a person out here and at the provider', async () => {
    const answer = await send('/auth/logout', kept.mira, { method: 'POST' });
    const { logoutUrl } = (await answer.json()) as { logoutUrl: string };
    const cookie = answer.headers
      .getSetCookie()
      .map((header) => header.split(';', 1)[0])
      .join('; ');
    const onward = await fetch(logoutUrl, { redirect: 'manual', headers: { cookie } });
    expect(onward.headers.get('location')).toMatch(new RegExp(`^${server.issuer}/.*id_token_hint=`, 'u'));
    expect((await send('/auth/session', kept.mira)).status).toBe(401);
  });

  it('ends a session whose refresh token the provider does not take any more, and leads to a sign-in', async () => {
    nowMs += 2 * HOUR_MS;
    expect(await codes(kept.ada, '{ viewer { login } }')).toEqual(['UNAUTHENTICATED']);
    expect((await send('/auth/session', kept.ada)).status).toBe(401);
    const login = await send('/auth/login', kept.ada);
    expect(login.headers.get('location')).toMatch(new RegExp(`^${server.issuer}/auth\\?`, 'u'));
  });

  it('continues the audit trail, which is whole', async () => {
    await server.stop();
    const said: string[] = [];
    const terminal = {
      print: (text: string) => said.push(text),
      printError: (text: string) => said.push(text),
    };
    expect(await runCommand(['audit', 'verify', auditFile], terminal)).toBe(0);
    expect(said).toEqual([expect.stringMatching(/^\d+ records of 2 servers\. Head: [0-9a-f]{64}$/u)]);
    const before = (await readFile(join(FIXTURES, 'kept-0.1.0-audit.jsonl'), 'utf8')).trimEnd().split('\n');
    const hashOf = (line = ''): unknown => (JSON.parse(line) as { hash?: unknown }).hash;
    const first = (await readFile(auditFile, 'utf8')).split('\n')[before.length] ?? '';
    expect(JSON.parse(first)).toMatchObject({ action: 'server.started', previous: hashOf(before.at(-1)) });
  });
});

describe('the records of this version', () => {
  it('have the shapes of 0.1.0, or another form', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'shotgraph-records-'));
    const dumped = new DumpedStore(Date.now);
    const auditFile = join(folder, 'audit.jsonl');
    const server = await startKeptServer({ store: dumped.store, now: Date.now, auditFile });
    const [key] = (await loadConfig(server.environment)).store.encryptionKeys;
    await workOn(server, Date.now);
    const written = await shapesIn(await dumped.dump(), key!);
    await server.stop();
    await rm(folder, { recursive: true });
    const { records } = JSON.parse(await readFile(join(FIXTURES, 'kept-0.1.0.json'), 'utf8')) as Kept;
    const earlier = await shapesIn(records, key!);
    expect([...earlier.keys()].toSorted()).toEqual([
      ...['attempt', 'launch', 'mapping', 'own-account', 'own-chain'],
      ...['session', 'sessions-of', 'sign-ins', 'upload'],
    ]);
    for (const [kind, shapes] of ofFirstForm(written).filter(([kind]) => !KINDS_SINCE.has(kind)))
      expect({ kind, shapes }).toEqual({ kind, shapes: earlier.get(kind) });
  });
});
