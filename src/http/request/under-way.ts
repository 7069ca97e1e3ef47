import { setTimeout as wait } from 'node:timers/promises';

/** What requests still do once their connections are cut: whoever ends the server waits for it. */
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

  /** Resolves when nothing is under way any more, or after this time: a connector may never end. */
  async settled(ms: number): Promise<void> {
    const ending = new AbortController();
    const late = wait(ms, undefined, { signal: ending.signal }).catch(() => undefined);
    await Promise.race([Promise.allSettled(this.#all), late]);
    ending.abort();
  }
}
