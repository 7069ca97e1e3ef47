import { setTimeout as wait } from 'node:timers/promises';

const OVER = Symbol('The time of the request is over.');
/** Calls that heed the request's signal end by themselves, and say more. */
const GRACE_MS = 250;

const ends = new WeakMap<AbortSignal, Promise<typeof OVER>>();

/** One promise for all resolvers of a request. */
function endOf(signal: AbortSignal): Promise<typeof OVER> {
  const known = ends.get(signal);
  if (known !== undefined) return known;
  const end = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  }).then(() => wait(GRACE_MS, OVER, { ref: false }));
  ends.set(signal, end);
  return end;
}

/**
 * The value, and each promise in it, as long as the request has time.
 *
 * @param late makes the error that stands in its place afterwards
 */
export function untilOver(signal: AbortSignal, value: unknown, late: () => Error): unknown {
  if (isPromise(value)) {
    return Promise.race([value, endOf(signal)]).then((given) => {
      if (given === OVER) throw late();
      return untilOver(signal, given, late);
    });
  }
  if (Array.isArray(value) && value.some((item) => isPromise(item) || Array.isArray(item)))
    return value.map((item: unknown) => untilOver(signal, item, late));
  return value;
}

const isPromise = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
