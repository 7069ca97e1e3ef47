import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { retry } from '../../../src/base/retry.ts';

/** Fails the first so many times, each with its own number. */
const failing = (times: number) => {
  const attempts: number[] = [];
  const run = async (attempt: number): Promise<string> => {
    attempts.push(attempt);
    if (attempt <= times) throw new Error(`failure ${attempt}`);
    return 'done';
  };
  return { attempts, run };
};
const count = (length: number): number[] => Array.from({ length }, (_, index) => index + 1);
const always = (): boolean => true;

describe('work that is retried', () => {
  it('is tried until it succeeds, once more than there are waits, and fails with the last error', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(5), fc.nat(5), async (failures, waits) => {
        const { attempts, run } = failing(failures);
        const repeats: number[] = [];
        const options = {
          waitsMs: Array<number>(waits).fill(0),
          isPassing: always,
          onRepeat: (_error: unknown, attempt: number) => void repeats.push(attempt),
        };
        const outcome = await retry({ isRepeatable: true, run }, options).catch(String);
        expect(outcome).toBe(failures <= waits ? 'done' : `Error: failure ${waits + 1}`);
        expect(attempts).toEqual(count(Math.min(failures, waits) + 1));
        expect(repeats).toEqual(count(Math.min(failures, waits)));
      }),
    );
  });

  it('is done once if it may not be repeated, whatever the error', async () => {
    const { attempts, run } = failing(1);
    const work = retry({ isRepeatable: false, run }, { waitsMs: [0, 0], isPassing: always });
    await expect(work).rejects.toThrow('failure 1');
    expect(attempts).toEqual([1]);
  });

  it('is not repeated after an error that does not pass', async () => {
    const { attempts, run } = failing(2);
    const isPassing = (error: unknown): boolean => String(error) === 'Error: failure 1';
    await expect(retry({ isRepeatable: true, run }, { waitsMs: [0, 0, 0], isPassing })).rejects.toThrow(
      'failure 2',
    );
    expect(attempts).toEqual([1, 2]);
  });

  it('fails with its last error when nobody waits for it any more', async () => {
    const { attempts, run } = failing(1);
    const leaving = new AbortController();
    const options = {
      waitsMs: [2 ** 30],
      isPassing: always,
      signal: leaving.signal,
      onRepeat: () => leaving.abort(),
    };
    await expect(retry({ isRepeatable: true, run }, options)).rejects.toThrow('failure 1');
    expect(attempts).toEqual([1]);
  });
});
