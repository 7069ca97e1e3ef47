import { setTimeout as wait } from 'node:timers/promises';

const OVER = Symbol('The time of the request is over.');
/** Calls that respond to the request's signal end within this time, with a more precise error. */
const GRACE_MS = 250;

const ends = new WeakMap<AbortSignal, Promise<typeof OVER>>();

/** All resolvers of a request share one promise. */
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
 * Passes on the value, and each promise in it, until the request's time is over.
 *
 * @param late creates the error that replaces the value after that
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

/**
 * Passes on the value of a list: with each `Set` or generator as an array, so that the promises in it end in time.
 *
 * @param depth of lists within lists, as the type of the field says
 * @param count called for each list that is there
 */
export function asLists(value: unknown, depth: number, count: (items: number) => void): unknown {
  if (depth === 0) return value;
  if (isPromise(value)) return Promise.resolve(value).then((given) => asLists(given, depth, count));
  // What is no list is refused where the value is completed.
  if (!isIterable(value)) return value;
  const items: unknown[] = [];
  const isArray = Array.isArray(value);
  try {
    if (isArray) count(value.length);
    if (isArray && depth === 1) return value;
    for (const item of value) {
      // One by one: a generator may have no end.
      if (!isArray) count(1);
      items.push(asLists(item, depth - 1, count));
    }
    return items;
  } catch (error) {
    // Nobody waits for these any more.
    void Promise.allSettled([...(isArray ? value : []), ...items].filter(isPromise));
    throw error;
  }
}

const isIterable = (value: unknown): value is Iterable<unknown> =>
  typeof value === 'object' &&
  value !== null &&
  Symbol.iterator in value &&
  typeof value[Symbol.iterator] === 'function';

/** As graphql-js tells promises. */
export const isPromise = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
