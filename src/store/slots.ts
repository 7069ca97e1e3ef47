import { toAppError } from '../base/errors.ts';
import type { Locks } from './locks.ts';

/** How many may do something at once, in all processes together. */
export interface Slots {
  /**
   * Does the work in one of so many slots. A slot is a lease: that of a process that died is free again after a while. While
   * the store is away each process counts by itself.
   *
   * @returns undefined where none is free: nothing was done
   */
  hold<T>(name: string, count: number, work: () => Promise<T>): Promise<{ readonly result: T } | undefined>;
}

export function createSlots(locks: Locks): Slots {
  const held = new Map<string, number>();

  // oxlint-disable-next-line max-params
  const lease = async <T>(name: string, count: number, work: () => Promise<T>) => {
    // Not all begin with the first.
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
