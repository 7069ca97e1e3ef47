import { expect, it } from 'vitest';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import { storeContract } from './store.contract.ts';

storeContract('the memory store', async () => {
  let nowMs = Date.UTC(2026, 0, 15);
  const store = createMemoryStore({ now: () => nowMs });
  return { store, close: () => store.close(), advance: (ms) => void (nowMs += ms) };
});

it('A value of the memory store is there until the very millisecond in which its time is over', async () => {
  let nowMs = 0;
  const store = createMemoryStore({ now: () => nowMs });
  await store.set('key', 'value', 1000);
  nowMs = 999;
  expect(await store.get('key')).toBe('value');
  nowMs = 1000;
  expect(await store.get('key')).toBeUndefined();
});

it('A memory store that swept away what is over still has what is not', async () => {
  let nowMs = 0;
  const store = createMemoryStore({ now: () => nowMs });
  await store.set('kept', 'value', 1_000_000);
  for (let index = 0; index < 3000; index += 1) {
    nowMs += 1;
    await store.set(`brief ${index}`, 'value', 1);
  }
  expect(await store.get('kept')).toBe('value');
  expect(await store.get('brief 2999')).toBe('value');
  expect(await store.get('brief 2998')).toBeUndefined();
});
