import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { createLogger } from '../../src/base/logger.ts';
import { openSite } from '../../src/shotgun/open-site.ts';
import { createLocks } from '../../src/store/locks.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import { createVault } from '../../src/store/vault.ts';
import { searchRows } from '../../src/shotgun/calls/search.ts';
import { updateRecord } from '../../src/shotgun/calls/write.ts';
import { comeAgain, json, refusal, rows, silence, startBentSite } from '../support/bent-site.ts';
import { type Answer, siteSettings } from '../support/bent-site.ts';
import { createTestShotgun, login, searchOf, type TestShotgunOptions } from '../support/test-shotgun.ts';

const SHOTS = searchRows(searchOf('Shot', ['code', 'is', 'x']));
const RENAMING = updateRecord('Shot', 1, { code: 'y' });

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const part of open.splice(0).toReversed()) await part.close();
});

async function start(options: TestShotgunOptions = {}) {
  const site = await startBentSite();
  const client = createTestShotgun(site.url, options);
  open.push(site, client);
  const mira = client.shotgun.as(login('mira'));
  const searchAs = (who: string) => client.shotgun.as(login(who)).call(SHOTS);
  const search = () => searchAs('mira');
  return { site, mira, search, searchAs, shotgun: client.shotgun, log: client.log };
}

/** Bounded, so that a test that fails also ends. */
async function until(isReached: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    if (await isReached()) return;
    await wait(50);
  }
  throw new Error('never reached');
}

const succeeds = async (work: Promise<unknown>): Promise<boolean> => {
  const [outcome] = await Promise.allSettled([work]);
  return outcome?.status === 'fulfilled';
};

const inMaintenance = { code: 'UPSTREAM_UNAVAILABLE' };
const ROW = { type: 'Shot', id: 1, attributes: { code: 'x' }, relationships: {} };

describe('a site in maintenance (G9)', () => {
  it('gets no calls after a while, is tried now and then, and is used again once it is back', async () => {
    const { site, mira, search, log } = await start();
    site.otherwise(json(503, undefined));
    for (let page = 0; page < 10; page += 1) await expect(search()).rejects.toMatchObject(inMaintenance);
    // Ten pages of three tries each would be thirty. A probe has found that the site is away.
    expect([site.calls.length, site.probes.length]).toEqual([20, 1]);
    await expect(mira.call(RENAMING)).rejects.toMatchObject({
      ...inMaintenance,
      message: expect.stringContaining('come back in a moment'),
      details: undefined,
    });
    expect([site.calls.length, site.probes.length]).toEqual([20, 1]);
    expect(log.filter((line) => line.includes('circuit opened'))).toHaveLength(1);

    // Many people wait for its return: one probe is sent for all of them, and none of their calls.
    await until(async () => {
      await Promise.allSettled(Array.from({ length: 20 }, search));
      return site.probes.length > 1;
    });
    expect([site.calls.length, site.probes.length]).toEqual([20, 2]);

    site.otherwise(rows(ROW));
    await until(() => succeeds(search()));
    await expect(Promise.all(Array.from({ length: 20 }, search))).resolves.toHaveLength(20);
    expect(log.filter((line) => line.includes('circuit closed'))).toHaveLength(1);
    expect(log.filter((line) => line.includes('"level":"error"'))).toEqual([]);
  });

  it('is also detected if it answers nothing', async () => {
    const { site, search, searchAs, log } = await start({ settings: { timeoutMs: 200 } });
    site.otherwise(silence);
    // Of several people: what waits behind a person's own calls says nothing of the site.
    const people = ['mira', 'joao', 'lena', 'sam', 'yuki'];
    await until(async () => {
      const searches = Array.from({ length: 25 }, (_, call) => searchAs(people[call % people.length] ?? ''));
      const outcomes = await Promise.allSettled(searches);
      expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
      return log.join('').includes('circuit opened');
    });
    const calls = site.calls.length;
    await expect(search()).rejects.toMatchObject(inMaintenance);
    expect(site.calls).toHaveLength(calls);
  });

  it('is not cut off by readiness checks, as long as no call of a person has failed', async () => {
    const { site, search, shotgun, log } = await start();
    site.whenProbed(json(503, undefined));
    site.nextMint(...Array.from({ length: 30 }, () => json(503, undefined)));
    for (let look = 0; look < 10; look += 1)
      await expect(shotgun.ping()).rejects.toMatchObject(inMaintenance);
    expect(site.mints).toHaveLength(30);
    site.otherwise(rows(ROW));
    await expect(search()).resolves.toHaveLength(1);
    expect(log.join('')).not.toContain('circuit opened');
  });

  it('is not mistaken for one that refuses, nor for people who leave', async () => {
    const { site, mira, search, log } = await start();
    site.otherwise(refusal(400, 103, 'API read() invalid/missing string'));
    await Promise.allSettled(Array.from({ length: 30 }, search));
    site.otherwise(silence);
    for (let person = 0; person < 30; person += 1) {
      const leaving = new AbortController();
      const asked = mira.call(SHOTS, { signal: leaving.signal });
      setTimeout(() => leaving.abort(), 5);
      await expect(asked).rejects.toMatchObject({ code: 'CLIENT_LEFT' });
    }
    site.otherwise(rows(ROW));
    await expect(search()).resolves.toHaveLength(1);
    expect(log.join('')).not.toContain('circuit');
  });
});

/** One person's calls are answered so, those of others with a row. */
const only =
  (who: string, answer: Answer): Answer =>
  (call, response) =>
    (call.actingAs === who ? answer : rows(ROW))(call, response);
const INFO = json(200, { data: { shotgun_version: 'v8' } });

describe('trouble of one person', () => {
  it.each([
    ['a query that the site never finishes', json(504, undefined)],
    ['too many requests', json(429, undefined)],
  ])('%s, time after time, keeps nobody else away', async (_, answer) => {
    const { site, searchAs, log } = await start();
    site.otherwise(only('mira', answer));
    site.whenProbed(INFO);
    for (let page = 0; page < 15; page += 1) {
      await expect(searchAs('mira')).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    }
    await expect(searchAs('joao')).resolves.toHaveLength(1);
    // Her calls are still sent: a probe has found that the site is in order.
    expect(site.calls.filter(({ actingAs }) => actingAs === 'mira')).toHaveLength(45);
    expect(site.probes.length).toBeGreaterThan(0);
    expect(log.join('')).not.toContain('circuit opened');
  });
});

describe('a site that hangs', () => {
  it('stays cut off when a person leaves who waited for the trial call, and other people are refused at once', async () => {
    const { site, mira, search, searchAs } = await start();
    site.otherwise(json(503, undefined));
    for (let page = 0; page < 7; page += 1) await expect(search()).rejects.toMatchObject(inMaintenance);
    expect(site.probes).toHaveLength(1);
    site.otherwise(silence);
    const sent = site.calls.length;
    // The next person waits for the probe, and leaves.
    await until(async () => {
      const leaving = new AbortController();
      const asked = mira.call(SHOTS, { signal: leaving.signal });
      setTimeout(() => leaving.abort(), 50);
      await expect(asked).rejects.toMatchObject({
        code: expect.stringMatching(/^(?:CLIENT_LEFT|UPSTREAM_UNAVAILABLE)$/u),
      });
      return site.probes.length > 1;
    });
    await expect(searchAs('mira')).rejects.toMatchObject(inMaintenance);
    expect(site.calls).toHaveLength(sent);
  });
});

type OwnServer = ReturnType<typeof openSite>;

const MIRA = { login: login('mira'), personId: 1 };

function keeping() {
  const store = createMemoryStore(systemClock);
  const logger = createLogger({ level: 'silent' });
  const vault = createVault(store, [new Uint8Array(32)], { place: 'test' });
  return { logger, vault, locks: createLocks({ store, logger }) };
}

describe('a site that answers with Retry-After', () => {
  it.each([
    ['429', '20'],
    ['503', '20'],
  ])(
    '%s is not called before that time, and people are told how long to wait',
    async (status, retryAfter) => {
      const { site, mira, searchAs, log } = await start();
      site.otherwise(comeAgain(Number(status), retryAfter));
      const busy = { code: 'UPSTREAM_BUSY', details: { retryAfterSeconds: 20 } };
      await expect(searchAs('mira')).rejects.toMatchObject(busy);
      const calls = site.calls.length + site.probes.length;
      for (const who of ['mira', 'joao', 'lena']) {
        const error: unknown = await searchAs(who).catch((reason: unknown) => reason);
        expect(error).toMatchObject({ ...busy, message: expect.stringMatching(/Try again in \d+ seconds/u) });
      }
      // It was not sent, so the answer does not say that the change may have been made.
      const change: unknown = await mira.call(RENAMING).catch((reason: unknown) => reason);
      expect(change).toMatchObject({ code: 'UPSTREAM_BUSY' });
      expect(change).not.toHaveProperty('details.outcome');
      expect(site.calls.length + site.probes.length).toBe(calls);
      expect(site.calls).toHaveLength(1);
      expect(log.filter((line) => line.includes('asks to wait'))).toHaveLength(1);
      expect(log.join('')).not.toContain('circuit opened');
    },
  );

  it('and means one person only is not called by that person, but by others', async () => {
    const { site, searchAs } = await start();
    site.otherwise(only('mira', comeAgain(429, '20')));
    site.whenProbed(INFO);
    await expect(searchAs('mira')).rejects.toMatchObject({ code: 'UPSTREAM_BUSY' });
    await expect(searchAs('mira')).rejects.toMatchObject({ code: 'UPSTREAM_BUSY' });
    for (let page = 0; page < 5; page += 1) await expect(searchAs('joao')).resolves.toHaveLength(1);
    expect(site.calls.filter(({ actingAs }) => actingAs === 'mira')).toHaveLength(1);
  });

  it('to the look-up of a person stops nobody else', async () => {
    const { site, shotgun, searchAs } = await start();
    site.otherwise(only('mira', comeAgain(429, '20')));
    site.whenProbed(INFO);
    await expect(shotgun.identify(login('mira'))).rejects.toMatchObject({ code: 'UPSTREAM_BUSY' });
    await expect(searchAs('joao')).resolves.toHaveLength(1);
  });

  it.each<[string, (server: OwnServer) => Promise<unknown>]>([
    ['who asks for an approval', ({ accounts }) => accounts.askApproval('key', MIRA)],
    [
      'who tries two logins for their own account',
      async ({ accounts }) => {
        const link = (name: string) =>
          accounts.linkByPassphrase(MIRA, { login: name, passphrase: 'x', sessionUuid: null }, 60_000);
        await expect(link('mira.p')).rejects.toMatchObject({ code: 'UPSTREAM_BUSY' });
        return link('mira.pui');
      },
    ],
    [
      'and to the script, where somebody looks how this server is',
      async ({ shotgun }) => {
        await expect(shotgun.ping()).rejects.toMatchObject({ code: 'UPSTREAM_BUSY' });
        return shotgun.identify(login('mira'));
      },
    ],
  ])('to a person %s stops nobody else', async (_, act) => {
    const site = await startBentSite();
    const server = openSite({
      settings: siteSettings(site.url),
      clock: systemClock,
      ...keeping(),
      onSiteCall: () => undefined,
      onWaiting: () => undefined,
      onJoined: () => undefined,
      onCircuit: () => undefined,
      onScriptRead: () => undefined,
      stopping: new AbortController().signal,
    });
    open.push(site, { close: async () => void (await server.close()) });
    site.whenProbed(INFO);
    site.next(comeAgain(429, '20'));
    site.nextMint(comeAgain(429, '20'), comeAgain(429, '20'));
    await expect(act(server)).rejects.toMatchObject({ code: 'UPSTREAM_BUSY' });
    site.forgetPlanned();
    site.otherwise(rows(ROW));
    const search = server.shotgun.as(login('joao')).call(SHOTS);
    await expect(search).resolves.toHaveLength(1);
  });

  it('to two people stops everybody', async () => {
    const { site, searchAs } = await start();
    site.otherwise(comeAgain(429, '20'));
    site.whenProbed(INFO);
    for (const who of ['mira', 'joao', 'lena']) {
      await expect(searchAs(who)).rejects.toMatchObject({ code: 'UPSTREAM_BUSY' });
    }
    expect(site.calls.map(({ actingAs }) => actingAs)).toEqual(['mira', 'joao']);
  });

  it('is called again once the time has passed', async () => {
    const { site, searchAs } = await start();
    site.next(comeAgain(503, '1'));
    site.otherwise(rows(ROW));
    await expect(searchAs('mira')).rejects.toMatchObject({ code: 'UPSTREAM_BUSY' });
    await until(() => succeeds(searchAs('joao')));
    expect(site.calls).toHaveLength(2);
  });

  it('may have made the change that it answered in this way', async () => {
    const { site, mira } = await start();
    site.otherwise(comeAgain(503, '20'));
    await expect(mira.call(RENAMING)).rejects.toMatchObject({
      code: 'UPSTREAM_BUSY',
      message: expect.stringContaining('look before you repeat'),
      details: { outcome: 'unknown', retryAfterSeconds: 20 },
    });
  });
});
