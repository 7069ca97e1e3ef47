const NOTHING_INHERITED: object = Object.freeze(Object.create(null) as object);

/**
 * The same object, which inherits nothing any more: a site may have a field `constructor` or `__proto__`, and an object
 * has such a name only where it was put there.
 */
export function bare<T extends object>(values: T): T {
  Object.setPrototypeOf(values, NOTHING_INHERITED);
  return values;
}

/** Parsed JSON, in which no object inherits anything any more. */
export function bareJson(value: unknown): unknown {
  if (Array.isArray(value)) for (const part of value) bareJson(part);
  else if (isPlain(value)) for (const part of Object.values(bare(value))) bareJson(part);
  return value;
}

const isPlain = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
