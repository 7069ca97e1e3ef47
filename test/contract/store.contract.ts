import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Store } from '../../src/store/store.ts';
import { describeLimits } from './store-limits.contract.ts';

export interface OpenedStore {
  readonly store: Store;
  close(): Promise<void>;
  /** Moves the store's clock, where it has one that can be moved; else real time passes. */
  advance?(ms: number): void;
}

const LONG_MS = 600_000;
const SHORT_MS = 40;
/** Short, and longer than a busy machine needs for a second command. */
const SECONDS_MS = 2000;
const AT_ONCE = 50;
const MANY = 700;

/** What every store has to keep to, whatever it is made of. */
export function storeContract(name: string, open: () => Promise<OpenedStore>): void {
  describe(`The contract of a store, kept by ${name}`, () => {
    let opened: OpenedStore;
    let store: Store;
    /** A key of this test's own. */
    let key: string;

    beforeEach(async () => {
      opened = await open();
      store = opened.store;
      key = `test:${randomUUID()}`;
    });

    afterEach(() => opened.close());

    const pass = async (ms: number): Promise<void> => {
      if (opened.advance) opened.advance(ms);
      else await sleep(ms + 2 * SHORT_MS);
    };

    describeValues(() => ({ store, key, pass }));
    describeOneWinner(() => ({ store, key, pass }));
    describeLimits(() => ({ store, key }));
    describeReplace(() => ({ store, key, pass }));
    describeRemove(() => ({ store, key, pass }));
    describeMessages(() => ({ store, key, pass }));
  });
}

type World = () => { store: Store; key: string; pass: (ms: number) => Promise<void> };

function describeValues(world: World): void {
  describe('values', () => {
    it('are absent until they are written, then read as they were written', async () => {
      const { store, key } = world();
      expect(await store.get(key)).toBeUndefined();
      await store.set(key, 'été 日本 🎬\r\n"', LONG_MS);
      expect(await store.get(key)).toBe('été 日本 🎬\r\n"');
    });

    it('may be empty, which is not the same as absent', async () => {
      const { store, key } = world();
      await store.set(key, '', LONG_MS);
      expect(await store.get(key)).toBe('');
      expect(await store.add(key, 'other', LONG_MS)).toBe(false);
      expect(await store.take(key)).toBe('');
    });

    it('are replaced by a second write and gone after a delete, which may be repeated', async () => {
      const { store, key } = world();
      await store.set(key, 'first', LONG_MS);
      await store.set(key, 'second', LONG_MS);
      expect(await store.get(key)).toBe('second');
      await store.delete(key);
      await store.delete(key);
      expect(await store.get(key)).toBeUndefined();
    });

    it('are kept apart by their keys', async () => {
      const { store, key } = world();
      await store.set(key, 'mine', LONG_MS);
      await store.set(`${key}:2`, 'yours', LONG_MS);
      await store.delete(key);
      expect(await store.get(`${key}:2`)).toBe('yours');
    });

    it('are gone when their time is over, and their neighbours stay', async () => {
      const { store, key, pass } = world();
      await store.set(key, 'short', SHORT_MS);
      await store.set(`${key}:long`, 'long', LONG_MS);
      await pass(SHORT_MS);
      expect(await store.get(key)).toBeUndefined();
      expect(await store.take(key)).toBeUndefined();
      expect(await store.get(`${key}:long`)).toBe('long');
    });

    it('live as long as the latest write sets', async () => {
      const { store, key, pass } = world();
      await store.set(key, 'short', SHORT_MS);
      await store.set(key, 'long', LONG_MS);
      await pass(SHORT_MS);
      expect(await store.get(key)).toBe('long');
      await store.set(key, 'short again', SHORT_MS);
      await pass(SHORT_MS);
      expect(await store.get(key)).toBeUndefined();
    });

    it('take part of a millisecond as their time', async () => {
      const { store, key, pass } = world();
      await store.set(key, 'brief', 0.4);
      expect(await store.add(`${key}:2`, 'brief', 1.5)).toBe(true);
      await pass(2);
      expect(await store.get(key)).toBeUndefined();
      expect(await store.get(`${key}:2`)).toBeUndefined();
    });
  });

  it('answers a ping', async () => {
    await expect(world().store.ping()).resolves.toBeUndefined();
  });
}

function describeOneWinner(world: World): void {
  describe('adding', () => {
    it('of many at once lets exactly one win, and keeps what the winner wrote', async () => {
      const { store, key } = world();
      const wins = await Promise.all(
        Array.from({ length: AT_ONCE }, (_, caller) => store.add(key, `caller ${caller}`, LONG_MS)),
      );
      expect(wins.filter(Boolean)).toHaveLength(1);
      expect(await store.get(key)).toBe(`caller ${wins.indexOf(true)}`);
    });

    it('does not make a value live longer that is there already', async () => {
      const { store, key, pass } = world();
      await store.add(key, 'first', SECONDS_MS);
      expect(await store.add(key, 'second', LONG_MS)).toBe(false);
      await pass(SECONDS_MS);
      expect(await store.add(key, 'third', LONG_MS)).toBe(true);
      expect(await store.get(key)).toBe('third');
    });
  });

  describe('taking', () => {
    it('by many at once gives the value to exactly one', async () => {
      const { store, key } = world();
      await store.set(key, 'the one', LONG_MS);
      const taken = await Promise.all(Array.from({ length: AT_ONCE }, () => store.take(key)));
      expect(taken.filter((value) => value !== undefined)).toEqual(['the one']);
      expect(await store.get(key)).toBeUndefined();
    });
  });
}

function describeReplace(world: World): void {
  describe('replacing', () => {
    it('writes where the value is still the expected one, and nowhere else', async () => {
      const { store, key } = world();
      await store.set(key, 'one', LONG_MS);
      expect(await store.replace(key, 'one', 'two', LONG_MS)).toBe(true);
      expect(await store.replace(key, 'one', 'three', LONG_MS)).toBe(false);
      expect(await store.get(key)).toBe('two');
    });

    it('of many at once lets exactly one win', async () => {
      const { store, key } = world();
      await store.set(key, 'start', LONG_MS);
      const wins = await Promise.all(
        Array.from({ length: AT_ONCE }, (_, caller) =>
          store.replace(key, 'start', `caller ${caller}`, LONG_MS),
        ),
      );
      expect(wins.filter(Boolean)).toHaveLength(1);
      expect(await store.get(key)).toBe(`caller ${wins.indexOf(true)}`);
    });

    it('never brings back a key that was deleted, taken, or is over', async () => {
      const { store, key, pass } = world();
      const endings = [
        () => store.delete(key),
        () => store.take(key),
        () => store.set(key, 'alive', SHORT_MS).then(() => pass(SHORT_MS)),
      ];
      for (const end of endings) {
        await store.set(key, 'alive', LONG_MS);
        await end();
        expect(await store.replace(key, 'alive', 'revived', LONG_MS)).toBe(false);
        expect(await store.get(key)).toBeUndefined();
      }
    });

    it('keeps the expiry of the value if requested', async () => {
      const { store, key, pass } = world();
      await store.set(key, 'one', SECONDS_MS);
      expect(await store.replace(key, 'one', 'two', 'kept')).toBe(true);
      expect(await store.get(key)).toBe('two');
      await pass(SECONDS_MS);
      expect(await store.get(key)).toBeUndefined();
    });

    it('gives the new value a time of its own', async () => {
      const { store, key, pass } = world();
      await store.set(key, 'one', LONG_MS);
      await store.replace(key, 'one', 'two', SHORT_MS);
      await pass(SHORT_MS);
      expect(await store.get(key)).toBeUndefined();
    });
  });
}

function describeRemove(world: World): void {
  describe('removing', () => {
    it('deletes where the value is still the expected one, and nowhere else', async () => {
      const { store, key } = world();
      expect(await store.remove(key, 'mine')).toBe(false);
      await store.set(key, 'theirs', LONG_MS);
      expect(await store.remove(key, 'mine')).toBe(false);
      expect(await store.get(key)).toBe('theirs');
      expect(await store.remove(key, 'theirs')).toBe(true);
      expect(await store.get(key)).toBeUndefined();
    });
  });

  describe('entries', () => {
    it('are all whose key begins with the exact prefix', async () => {
      const { store, key } = world();
      const mine = Array.from(
        { length: MANY },
        (_, index) => [`${key}*:${index}`, `value ${index}`] as const,
      );
      await Promise.all(mine.map(([each, value]) => store.set(each, value, LONG_MS)));
      await store.set(`${key}:other`, 'other', LONG_MS);
      const found = new Map<string, string>();
      for await (const [each, value] of store.entries(`${key}*`)) found.set(each, value);
      expect(found).toEqual(new Map(mine));
    });
  });
}

/** Messages as they arrive, to be awaited. */
function inbox() {
  const messages: string[] = [];
  let wake = (): void => {};
  return {
    messages,
    listener: (message: string): void => {
      messages.push(message);
      wake();
    },
    async until(count: number): Promise<string[]> {
      while (messages.length < count) await new Promise<void>((resolve) => (wake = resolve));
      return messages;
    },
  };
}

function describeMessages(world: World): void {
  describe('messages', () => {
    it('reach every listener of the channel in order, and no other', async () => {
      const { store, key } = world();
      const [one, two, elsewhere] = [inbox(), inbox(), inbox()];
      await store.subscribe(key, one.listener);
      await store.subscribe(key, two.listener);
      await store.subscribe(`${key}:elsewhere`, elsewhere.listener);
      await store.publish(key, 'a');
      await store.publish(key, 'b');
      expect(await one.until(2)).toEqual(['a', 'b']);
      expect(await two.until(2)).toEqual(['a', 'b']);
      expect(elsewhere.messages).toEqual([]);
    });

    it('stop for the listener who leaves, and go on for the others', async () => {
      const { store, key } = world();
      const [leaving, staying] = [inbox(), inbox()];
      const leave = await store.subscribe(key, leaving.listener);
      await store.subscribe(key, staying.listener);
      await leave();
      await store.publish(key, 'later');
      expect(await staying.until(1)).toEqual(['later']);
      expect(leaving.messages).toEqual([]);
    });

    it('without a listener are no error', async () => {
      const { store, key } = world();
      await expect(store.publish(key, 'hello?')).resolves.toBeUndefined();
    });
  });
}
