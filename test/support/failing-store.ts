import { expect } from 'vitest';
import { AppError } from '../../src/base/errors.ts';
import type { Store } from '../../src/store/store.ts';

const CALLS = ['get', 'set', 'add', 'replace', 'take', 'delete', 'remove', 'publish'] as const;

/** What may fail once at a call: the store, or a system beside us. */
export interface Fault {
  /** Calls since the fault was set. */
  count(): number | Promise<number>;
  /** The call of this number fails, once: before or after it took effect. None does for `NEVER`. */
  failAt(number: number, when: 'before' | 'after'): void | Promise<void>;
}

export interface StoreFault extends Fault {
  count(): number;
  failAt(number: number, when: 'before' | 'after'): void;
  /** The same, and every later call fails before it takes effect, until the next `failAt`. */
  failFrom(number: number, when: 'before' | 'after'): void;
}

/** Makes a store of a test fail once at a call, as a connection does that is cut. */
export function faultIn(store: Store): StoreFault {
  let count = 0;
  let fault: { readonly at: number; readonly when: 'before' | 'after'; readonly lasts: boolean } | undefined;
  for (const name of CALLS) {
    const call = store[name].bind(store) as (...args: unknown[]) => Promise<unknown>;
    const failing = async (...args: unknown[]): Promise<unknown> => {
      // What a server tells others of itself now and then belongs to no flow.
      if (String(args[0]).includes('keys-of:')) return call(...args);
      count += 1;
      const isDue = fault?.at === count;
      if (fault?.lasts === true && fault.at < count) throw new AppError('UNAVAILABLE');
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
      fault = { at, when, lasts: false };
    },
    failFrom(at, when) {
      count = 0;
      fault = { at, when, lasts: true };
    },
  };
}

/** A flow that may be cut at any call. */
export interface FaultyFlow {
  /** Gives the status of the answer. */
  act(): Promise<number>;
  /** What the person does where `act` failed; the same once more by default. */
  again?(): Promise<number>;
  /** What must hold after a failed try, before the person tries again. */
  afterFailure?(): Promise<void>;
  /** What came of it in the end: the same wherever it was cut. */
  outcome(): Promise<object>;
  readonly expected: object;
}

/** No call has this number. */
export const NEVER = 0;
/** A flow that makes more calls than this has no end. */
export const MOST_CALLS = 60;
const FIRST_REFUSAL = 400;

/** Walks a flow once for each of its calls, each of which fails once. Gives how many tries failed. */
export async function failAtEachCall(
  fault: Fault,
  when: 'before' | 'after',
  prepare: () => Promise<FaultyFlow>,
): Promise<number> {
  let failures = 0;
  for (let at = 1; at < MOST_CALLS; at += 1) {
    const flow = await prepare();
    await fault.failAt(at, when);
    const status = await flow.act();
    const isWhole = (await fault.count()) < at;
    await fault.failAt(NEVER, when);
    let again: number | null = null;
    if (status >= FIRST_REFUSAL) {
      failures += 1;
      await flow.afterFailure?.();
      again = await (flow.again ?? flow.act)();
    }
    const seen = { at, isFinished: again === null || again < FIRST_REFUSAL, ...(await flow.outcome()) };
    expect(seen).toEqual({ at, isFinished: true, ...flow.expected });
    if (isWhole) return failures;
  }
  throw new Error(`The flow makes more than ${MOST_CALLS} calls.`);
}
