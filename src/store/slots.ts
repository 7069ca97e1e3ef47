import { toAppError } from '../base/errors.ts';
import type { Locks } from './locks.ts';

/** Limits how many callers do something at once, across all processes. */
export interface Slots {
  /**
   * Runs the work in one of `count` slots. A slot is a lease: that of a crashed process expires. While the store
   * is unavailable each process counts by itself.
   *
   * @returns undefined where no slot is free: the work did not run
   */
  hold<T>(name: string, count: number, work: () => Promise<T>): Promise<{ readonly result: T } | undefined>;
}

/** Slots as numbered locks. */
export function createSlots(locks: Locks): Slots {
  const held = new Map<string, number>();

  const lease = async <T>(name: string, count: number, work: () => Promise<T>) => {
    // A random start, so that callers do not all compete for the first slot.
    const first = Math.floor(Math.random() * count);
    let isBegun = false;
    const begin = (): Promise<T> => {
      isBegun = true;
      return work();
    };
    for (let tried = 0; tried < count; tried += 1) {
      try {
        const found = await locks.hold(`slot ${name} ${(first + tried) % count}`, begin);
        if (found !== undefined) return found;
      } catch (error) {
        if (isBegun || toAppError(error).code !== 'UNAVAILABLE') throw error;
        return { result: await work() };
      }
    }
    return undefined;
  };

  return {
    async hold(name, count, work) {
      const before = held.get(name) ?? 0;
      if (before >= count) return undefined;
      held.set(name, before + 1);
      try {
        return await lease(name, count, work);
      } finally {
        const left = (held.get(name) ?? 1) - 1;
        if (left === 0) held.delete(name);
        else held.set(name, left);
      }
    },
  };
}
