import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { json, refusal, rows, silence, startBentSite } from '../support/bent-site.ts';
import type { BentSite } from '../support/bent-site.ts';
import { createTestShotgun, login, searchOf } from '../support/test-shotgun.ts';
import type { TestShotgun, TestShotgunOptions } from '../support/test-shotgun.ts';

const open: (BentSite | TestShotgun)[] = [];
afterEach(async () => {
  for (const part of open.splice(0).toReversed()) await part.close();
});

async function start(options: TestShotgunOptions = {}) {
  const site = await startBentSite();
  const client = createTestShotgun(site.url, options);
  open.push(site, client);
  const mira = client.shotgun.as(login('mira'));
  const searchAs = (who: string) =>
    client.shotgun.as(login(who)).search(searchOf('Shot', ['code', 'is', 'x']));
  const search = () => searchAs('mira');
  return { site, mira, search, searchAs, log: client.log };
}

const inMaintenance = { code: 'UPSTREAM_UNAVAILABLE' };
const ROW = { type: 'Shot', id: 1, attributes: { code: 'x' }, relationships: {} };

describe('a site in maintenance (G9)', () => {
  it('is left alone after a while, tried now and then, and used again once it is back', async () => {
    const { site, mira, search, log } = await start();
    site.otherwise(json(503, undefined));
    for (let page = 0; page < 10; page += 1) await expect(search()).rejects.toMatchObject(inMaintenance);
    // Ten pages of three tries each would be thirty.
    expect(site.calls).toHaveLength(20);
    await expect(mira.update('Shot', 1, { code: 'y' })).rejects.toMatchObject({
      ...inMaintenance,
      message: expect.stringContaining('come back in a moment'),
      details: undefined,
    });
    expect(site.calls).toHaveLength(20);
    expect(log.filter((line) => line.includes('circuit opened'))).toHaveLength(1);

    // Many wait for its return: one of them is let through to look.
    while (site.calls.length === 20) {
      await Promise.allSettled(Array.from({ length: 20 }, search));
      await wait(50);
    }
    expect(site.calls).toHaveLength(21);

    site.otherwise(rows(ROW));
    for (;;) {
      const [found] = await Promise.allSettled([search()]);
      if (found.status === 'fulfilled') break;
      await wait(50);
    }
    await expect(Promise.all(Array.from({ length: 20 }, search))).resolves.toHaveLength(20);
    expect(log.filter((line) => line.includes('circuit closed'))).toHaveLength(1);
  });

  it('is known as one that answers nothing, too', async () => {
    const { site, search, searchAs } = await start({ settings: { timeoutMs: 200 } });
    site.otherwise(silence);
    // Of several people: what waits behind a person's own calls says nothing of the site.
    const people = ['mira', 'joao', 'lena', 'sam', 'yuki'];
    const searches = await Promise.allSettled(
      Array.from({ length: 25 }, (_, call) => searchAs(people[call % people.length] ?? '')),
    );
    expect(searches.every(({ status }) => status === 'rejected')).toBe(true);
    const calls = site.calls.length;
    await expect(search()).rejects.toMatchObject(inMaintenance);
    expect(site.calls).toHaveLength(calls);
  });

  it('is not mistaken for one that refuses, nor for people who leave', async () => {
    const { site, mira, search, log } = await start();
    site.otherwise(refusal(400, 103, 'API read() invalid/missing string'));
    await Promise.allSettled(Array.from({ length: 30 }, search));
    site.otherwise(silence);
    for (let person = 0; person < 30; person += 1) {
      const leaving = new AbortController();
      const asked = mira.search(searchOf('Shot', ['code', 'is', 'x']), { signal: leaving.signal });
      setTimeout(() => leaving.abort(), 5);
      await expect(asked).rejects.toMatchObject({ code: 'UPSTREAM_TIMEOUT' });
    }
    site.otherwise(rows(ROW));
    await expect(search()).resolves.toHaveLength(1);
    expect(log.join('')).not.toContain('circuit');
  });
});
