import { setTimeout as wait } from 'node:timers/promises';

/** Work that requests still do after their connections are cut. The server's stop waits for it. */
export class UnderWay {
  readonly #all = new Set<Promise<unknown>>();

  async follow<T>(work: Promise<T>): Promise<T> {
    this.#all.add(work);
    try {
      return await work;
    } finally {
      this.#all.delete(work);
    }
  }

  /** Resolves when all work is done, or after this time: a connector may never finish. */
  async settled(ms: number): Promise<void> {
    const ending = new AbortController();
    const late = wait(ms, undefined, { signal: ending.signal }).catch(() => undefined);
    await Promise.race([Promise.allSettled(this.#all), late]);
    ending.abort();
  }
}
