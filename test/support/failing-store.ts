import { AppError } from '../../src/base/errors.ts';
import type { Store } from '../../src/store/store.ts';

const CALLS = ['get', 'set', 'add', 'replace', 'take', 'delete', 'remove', 'publish'] as const;

export interface StoreFault {
  /** Calls since the fault was set. */
  count(): number;
  /** The call of this number fails, once: before or after it took effect. */
  failAt(number: number, when: 'before' | 'after'): void;
}

/** Makes a store of a test fail once at a call, as a connection does that is cut. */
export function faultIn(store: Store): StoreFault {
  let count = 0;
  let fault: { readonly at: number; readonly when: 'before' | 'after' } | undefined;
  for (const name of CALLS) {
    const call = store[name].bind(store) as (...args: unknown[]) => Promise<unknown>;
    const failing = async (...args: unknown[]): Promise<unknown> => {
      count += 1;
      const isDue = fault?.at === count;
      if (isDue && fault?.when === 'before') throw new AppError('UNAVAILABLE');
      const result = await call(...args);
      if (isDue) throw new AppError('UNAVAILABLE');
      return result;
    };
    Object.assign(store, { [name]: failing });
  }
  return {
    count: () => count,
    failAt(at, when) {
      count = 0;
      fault = { at, when };
    },
  };
}
