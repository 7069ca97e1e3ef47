import { z } from 'zod';

/** A JSON object with arbitrary names as keys, as a map: `__proto__` is an ordinary key, and none is inherited. */
export const byName = <T extends z.ZodType>(value: T) =>
  z.preprocess(
    (given) => (isObject(given) ? new Map(Object.entries(given)) : given),
    z.map(z.string(), value, 'Invalid input: expected record'),
  );

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Map);

/** The same for values that are only passed on: an object that has each key as its own. */
export const anyRecord = byName(z.unknown()).transform((values) => Object.fromEntries(values));
