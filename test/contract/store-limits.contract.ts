import { describe, expect, it } from 'vitest';
import type { Store } from '../../src/store/store.ts';

const LONG_MS = 600_000;
const AT_ONCE = 50;

/** What the limits of every store have to keep to. */
export function describeLimits(world: () => { readonly store: Store; readonly key: string }): void {
  describe('a limit', () => {
    it('lets through the set number at once, and returns the wait for others', async () => {
      const { store, key } = world();
      const limit = store.limit({ name: key, points: 5, seconds: 600 });
      const waits = await Promise.all(Array.from({ length: AT_ONCE }, () => limit.take('mira')));
      expect(waits.filter((waitMs) => waitMs === undefined)).toHaveLength(5);
      for (const waitMs of waits.filter((each) => each !== undefined)) {
        expect(waitMs).toBeGreaterThan(0);
        expect(waitMs).toBeLessThanOrEqual(LONG_MS);
      }
      expect(await limit.spent('mira')).toBeGreaterThan(0);
    });

    it('counts as many points as it is asked to', async () => {
      const { store, key } = world();
      const limit = store.limit({ name: key, points: 5, seconds: 600 });
      expect(await limit.take('mira', 4)).toBeUndefined();
      expect(await limit.take('mira', 2)).toBeGreaterThan(0);
      expect(await limit.take('joao', 5)).toBeUndefined();
    });

    it('has room again for what was given back', async () => {
      const { store, key } = world();
      const limit = store.limit({ name: key, points: 2, seconds: 600 });
      expect([await limit.take('mira'), await limit.take('mira')]).toEqual([undefined, undefined]);
      expect(await limit.spent('mira')).toBeGreaterThan(0);
      await limit.giveBack('mira');
      expect([await limit.spent('mira'), await limit.take('mira')]).toEqual([undefined, undefined]);
      expect(await limit.take('mira')).toBeGreaterThan(0);
    });

    it('is of each key and each name alone', async () => {
      const { store, key } = world();
      const [one, other] = ['one', 'other'].map((name) =>
        store.limit({ name: `${key}:${name}`, points: 1, seconds: 600 }),
      );
      expect(await one?.take('mira')).toBeUndefined();
      expect(await one?.spent('mira')).toBeGreaterThan(0);
      expect(await one?.take('joao')).toBeUndefined();
      expect([await other?.spent('mira'), await other?.take('mira')]).toEqual([undefined, undefined]);
    });
  });
}
