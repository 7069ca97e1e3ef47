import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { idsIn } from '../../../bench/page-orders.ts';
import { createLaunches } from '../../../src/launch/launch-registry.ts';
import type { AmiPayload } from '../../../src/launch/launch.ts';
import { packIds, unpackIds } from '../../../src/launch/packed-ids.ts';
import { createVault } from '../../../src/store/vault.ts';
import { DumpedStore } from '../../support/dumped-store.ts';

const KB = 1000;
const clock = { now: Date.now };
const key = [new Uint8Array(32).fill(7)];

describe('the ids of a launch', () => {
  it('are the same after they were stored: any order, repeated ones, selected ones that the page does not have', () => {
    const ids = fc.array(fc.integer({ min: 1, max: 2 ** 31 - 1 }), { maxLength: 200 });
    fc.assert(
      fc.property(ids, fc.array(fc.nat(), { maxLength: 50 }), ids, (page, picked, others) => {
        const selectedIds = [...picked.flatMap((index) => page[index % (page.length || 1)] ?? []), ...others];
        expect(unpackIds(packIds({ ids: page, selectedIds }))).toEqual({ ids: page, selectedIds });
      }),
    );
  });

  it.each([
    ['all of them selected', (ids: number[]) => ids],
    ['every third selected', (ids: number[]) => ids.filter((_, index) => index % 3 === 0)],
  ])('take at most 35 KB of the store for 10,000 in the order of a page, %s', async (_, select) => {
    const dumped = new DumpedStore(clock.now);
    const vault = createVault(dumped.store, key, { place: 'here' });
    const launches = createLaunches({ vault, clock, settings: { claimTtlMs: 60_000, ttlMs: 60_000 } });
    const ids = [...idsIn('by shot, in each the newest first')];
    const payload = payloadOf({ ids, selectedIds: select(ids) });
    const { id, browserToken } = await launches.keep('review', payload);
    const kept = (await dumped.dump()).map(({ value }) => value);
    expect(kept).toHaveLength(1);
    expect(kept[0]?.length).toBeLessThan(35 * KB);
    expect(await launches.access(id, browserToken, undefined)).toMatchObject({ launch: { payload } });
  });
});

const payloadOf = (lists: Pick<AmiPayload, 'ids' | 'selectedIds'>): AmiPayload => ({
  ...{
    userId: 42,
    userLogin: 'mira',
    entityType: 'Version',
    title: null,
    pageId: null,
    serverHostname: null,
  },
  ...{ referrerPath: null, sessionUuid: null, columns: [], columnDisplayNames: [], view: null, sort: [] },
  ...{ grouping: [], project: null, ...lists },
});
