/**
 * Names that come from outside, such as a site's field `constructor` or `__proto__`, must find in an object what was put
 * there and nothing that every object of JavaScript inherits.
 */
const NOTHING_INHERITED: object = Object.freeze(Object.create(null) as object);

/** The same object, which inherits nothing any more. */
export function bare<T extends object>(values: T): T {
  Object.setPrototypeOf(values, NOTHING_INHERITED);
  return values;
}

/** What was put there under the name; undefined where the name is only inherited. */
export const ownValue = <T>(values: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(values, name) ? values[name] : undefined;
