import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/base/errors.ts';
import { checkStore } from '../../../src/store/check-store.ts';
import { createMemoryStore } from '../../../src/store/memory-store.ts';

const clock = { now: () => 1_800_000_000_000 };

describe('a store that is checked', () => {
  it('is available if values can be written, changed and taken', async () => {
    await expect(checkStore(createMemoryStore(clock))).resolves.toBeUndefined();
  });

  it.each(['set', 'replace', 'take'] as const)(
    'is unavailable if it has no %s, as an old Redis',
    async (name) => {
      const store = createMemoryStore(clock);
      Object.assign(store, { [name]: () => Promise.reject(new AppError('UNAVAILABLE')) });
      await expect(checkStore(store)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    },
  );

  it.each([
    ['replace', false],
    ['take', undefined],
  ] as const)('is unavailable if %s has no effect', async (name, answer) => {
    const store = createMemoryStore(clock);
    Object.assign(store, { [name]: async () => answer });
    await expect(checkStore(store)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});
