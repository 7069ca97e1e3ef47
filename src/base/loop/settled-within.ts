import { setTimeout as wait } from 'node:timers/promises';

/** Resolves when all work is done, or after this time: some of it may never end. */
export async function settledWithin(ms: number, work: Iterable<Promise<unknown>>): Promise<void> {
  const ending = new AbortController();
  const late = wait(ms, undefined, { signal: ending.signal }).catch(() => undefined);
  await Promise.race([Promise.allSettled(work), late]);
  ending.abort();
}
