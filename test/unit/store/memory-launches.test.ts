import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../../src/store/memory-store.ts';
import { hashedKey } from '../../../src/store/vault.ts';

const LIFE_MS = 600_000;
const KEY_LENGTH = `place:${hashedKey('launch', 'id')}`.length;
const RECORD = 'r'.repeat(1000 - KEY_LENGTH);
const full = expect.objectContaining({ code: 'LAUNCHES_FULL' });

describe('launches in memory', () => {
  const open = () => {
    let nowMs = 0;
    const told: number[] = [];
    const store = createMemoryStore(
      { now: () => nowMs },
      { maxBytes: 2500, onBytes: (bytes) => void told.push(bytes) },
    );
    const keep = (id: string) => store.set(`place:${hashedKey('launch', id)}`, RECORD, LIFE_MS);
    return { store, told, keep, wait: (ms: number) => void (nowMs += ms) };
  };

  it('are kept up to the bound: the next one is refused, and those that are kept stay', async () => {
    const { store, told, keep } = open();
    await keep('one');
    await keep('two');
    await expect(keep('three')).rejects.toEqual(full);
    expect(await store.get(`place:${hashedKey('launch', 'three')}`)).toBeUndefined();
    expect(await store.get(`place:${hashedKey('launch', 'one')}`)).toBe(RECORD);
    expect(told.at(-1)).toBe(2000);
  });

  it('have room again once others have ended, by deletion or by time', async () => {
    const { store, told, keep, wait } = open();
    await keep('one');
    await keep('two');
    await store.delete(`place:${hashedKey('launch', 'one')}`);
    await keep('three');
    await expect(keep('four')).rejects.toEqual(full);
    wait(LIFE_MS);
    await keep('four');
    expect(told.at(-1)).toBe(1000);
    await store.close();
    expect(told.at(-1)).toBe(0);
  });

  it('may grow when they are claimed, and are counted as they are then', async () => {
    const { store, told, keep } = open();
    await keep('one');
    await keep('two');
    const key = `place:${hashedKey('launch', 'one')}`;
    expect(await store.replace(key, RECORD, `${RECORD}${RECORD}`, 'kept')).toBe(true);
    expect(told.at(-1)).toBe(2000 + RECORD.length);
  });

  it('leave room for everything else: sessions and replays have no part in the bound', async () => {
    const { store, keep } = open();
    await keep('one');
    await keep('two');
    await store.set('place:session:x', 's'.repeat(5000), LIFE_MS);
    expect(await store.add('replay:x', '1', LIFE_MS)).toBe(true);
  });
});
