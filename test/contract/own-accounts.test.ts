import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SessionUuid } from '../../src/base/ids.ts';
import { createDirectory, type Directory } from '../../src/shotgun/script/directory.ts';
import { createOwnAccounts, type OwnAccounts } from '../../src/shotgun/acting/own-accounts.ts';
import { createShotgun } from '../../src/shotgun/create-shotgun.ts';
import type { ActingClient, Shotgun } from '../../src/shotgun/client/shotgun.ts';
import { createLogger } from '../../src/base/logger.ts';
import { createLocks } from '../../src/store/locks.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import { createVault } from '../../src/store/vault.ts';
import { demoDataset } from '../../studio/site/demo/dataset.ts';
import { startSite } from '../../studio/site/start.ts';
import { searchRows } from '../../src/shotgun/calls/search.ts';
import { updateRecord } from '../../src/shotgun/calls/write.ts';
import { siteSettings } from '../support/bent-site.ts';
import { login, searchOf } from '../support/test-shotgun.ts';

const HOUR_MS = 3_600_000;
const RECHECK_MS = 300_000;
const logger = createLogger({ level: 'silent' });

interface Process {
  readonly directory: Directory;
  readonly accounts: OwnAccounts;
  readonly shotgun: Shotgun;
}

/** Two servers, one store, and the site's own clock and theirs. */
describe('An account that a person has linked', () => {
  let site: Awaited<ReturnType<typeof startSite>>;
  let offsetMs = 0;
  const clock = { now: () => Date.now() + offsetMs };
  let processes: Process[];

  beforeAll(async () => {
    site = await startSite({ port: 0, dataset: demoDataset(), now: clock.now });
  });
  afterAll(() => site.close());
  beforeEach(() => {
    const store = createMemoryStore(clock);
    const vault = createVault(store, [new Uint8Array(32)], { place: 'test' });
    const locks = createLocks({ store, logger });
    const settings = siteSettings(site.url, { recheckMs: RECHECK_MS });
    processes = [1, 2].map(() => {
      const deps = { settings, clock, logger, vault, locks };
      const directory = createDirectory({ ...deps, onScriptRead: () => undefined });
      const accounts = createOwnAccounts({
        ...deps,
        describe: (id) => directory.byId(id),
      });
      return { directory, accounts, shotgun: createShotgun({ ...deps, own: accounts }) };
    });
  });
  afterEach(async () => {
    for (const { directory, accounts, shotgun } of processes) {
      await Promise.all([directory.close(), accounts.close(), shotgun.close()]);
    }
    await fetch(`${site.url}/__studio/faults`, { method: 'DELETE' });
    await patch('ada', { sg_status_list: 'act' });
  });

  const control = (method: string, path: string, body?: object) =>
    fetch(`${site.url}/__studio/${path}`, {
      method,
      ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
  const patch = (name: string, changes: object) => control('PATCH', `people/${name}`, changes);
  const grants = async (): Promise<number> => {
    const calls = (await (await control('GET', 'requests')).json()) as { path: string }[];
    return calls.filter(({ path }) => path.endsWith('/auth/access_token')).length;
  };
  const [first, second] = [() => processes[0]!, () => processes[1]!];
  const adaId = async (): Promise<number> => (await first().directory.byLogin(login('ada')))?.id ?? 0;
  const linked = async (
    sessionUuid: SessionUuid | null = null,
  ): Promise<{ account: string; personId: number }> => {
    const personId = await adaId();
    const account = await first().accounts.linkByPassphrase(
      { login: login('ada'), personId },
      { login: 'ada', passphrase: 'ada-passphrase', sessionUuid },
      8 * HOUR_MS,
    );
    return { account, personId };
  };
  const as = ({ shotgun }: Process, own: { account: string | null; personId: number }): ActingClient =>
    shotgun.as(login('ada'), { own });
  const search = (client: ActingClient) => client.call(searchRows(searchOf('Version')));
  const codeOf = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => 'fine',
      (error: { code?: unknown }) => error.code,
    );

  it('is refreshed once, however many calls and processes need it', async () => {
    const own = await linked();
    offsetMs += RECHECK_MS + 1000;
    await first().directory.byLogin(login('ada'));
    await second().directory.byLogin(login('ada'));
    const before = await grants();
    const both = [as(first(), own), as(second(), own)];
    await Promise.all([...both, ...both, ...both].map(search));
    expect((await grants()) - before).toBe(1);
  });

  it('by a passphrase writes for the window of its launch, and for no other window', async () => {
    const [its, other] = [
      'd8592bd6-fc41-11e1-b2c5-000000000001' as SessionUuid,
      'd8592bd6-fc41-11e1-b2c5-000000000002' as SessionUuid,
    ];
    const own = await linked(its);
    const writtenWith = async (sessionUuid: SessionUuid | null): Promise<unknown> => {
      const client = first().shotgun.as(login('ada'), { own, ...(sessionUuid && { sessionUuid }) });
      const [version] = await client.call(searchRows(searchOf('Version')));
      await client.call(updateRecord('Version', version!.id, { description: `${sessionUuid} ${offsetMs}` }));
      const [event] = await client.call(
        searchRows({
          ...searchOf('EventLogEntry'),
          fields: ['session_uuid'],
          sort: '-id',
          pageSize: 1,
        }),
      );
      return event?.fields['session_uuid'];
    };
    expect([await writtenWith(its), await writtenWith(other), await writtenWith(null)]).toEqual([
      its,
      null,
      null,
    ]);
    offsetMs += RECHECK_MS + 1000;
    expect(await writtenWith(its)).toBe(its);
    await first().accounts.forget(own.account);
    expect(await first().accounts.has(own.account)).toBe(false);
  });

  it('works only for its person', async () => {
    const { account, personId } = await linked();
    expect(await codeOf(search(as(first(), { account, personId: personId + 1 })))).toBe('OWN_ACCOUNT_NEEDED');
    expect(await codeOf(search(as(first(), { account: null, personId })))).toBe('OWN_ACCOUNT_NEEDED');
    expect(await codeOf(search(as(first(), { account, personId })))).toBe('fine');
  });

  it('ends within the set time after the person was disabled', async () => {
    const own = await linked();
    expect(await codeOf(search(as(first(), own)))).toBe('fine');
    await patch('ada', { sg_status_list: 'dis' });
    offsetMs += RECHECK_MS + 1000;
    expect(await codeOf(search(as(first(), own)))).toBe('USER_INACTIVE');
    expect(await codeOf(search(as(second(), own)))).toBe('USER_INACTIVE');
  });

  it('ends once ShotGrid no longer accepts its token, and never falls back to the script', async () => {
    const own = await linked();
    offsetMs += 48 * HOUR_MS;
    expect(await codeOf(search(as(first(), own)))).toBe('OWN_ACCOUNT_NEEDED');
  });

  it('survives a short outage of the site', async () => {
    const own = await linked();
    offsetMs += RECHECK_MS + 1000;
    await control('POST', 'faults', { match: { path: '*/auth/access_token' }, status: 503, times: 20 });
    expect(await codeOf(search(as(second(), own)))).toBe('UPSTREAM_UNAVAILABLE');
    await control('DELETE', 'faults');
    expect(await codeOf(search(as(second(), own)))).toBe('fine');
  });

  it('is removed when it is forgotten', async () => {
    const own = await linked();
    await first().accounts.forget(own.account);
    expect(await codeOf(search(as(second(), own)))).toBe('OWN_ACCOUNT_NEEDED');
  });
});

describe('A person whom the script impersonates', () => {
  it.each([
    ['disabled', { sg_status_list: 'dis' }, 'USER_INACTIVE'],
    ['exempted from sudo', { can_impersonate_this_user: false }, 'IMPERSONATION_REFUSED'],
  ])('and who was %s meanwhile is cut off within the set time', async (_what, change, code) => {
    let offsetMs = 0;
    const clock = { now: () => Date.now() + offsetMs };
    const site = await startSite({ port: 0, dataset: demoDataset(), now: clock.now });
    const shotgun = createShotgun({
      settings: siteSettings(site.url, { recheckMs: RECHECK_MS }),
      clock,
      logger,
    });
    try {
      const mira = shotgun.as(login('mira'));
      await mira.call(searchRows(searchOf('Version')));
      await fetch(`${site.url}/__studio/people/mira`, {
        method: 'PATCH',
        body: JSON.stringify(change),
        headers: { 'content-type': 'application/json' },
      });
      // The site takes the token that it gave before; nobody relies on that to end it.
      await mira.call(searchRows(searchOf('Version')));
      offsetMs += RECHECK_MS + 1000;
      await expect(mira.call(searchRows(searchOf('Version')))).rejects.toMatchObject({ code });
    } finally {
      await Promise.all([shotgun.close(), site.close()]);
    }
  });
});
