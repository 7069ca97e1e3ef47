/**
 * Objects whose keys come from outside, such as a site's field `constructor` or `__proto__`, must not inherit from
 * `Object.prototype`: a lookup would find the inherited member.
 */
const NOTHING_INHERITED: object = Object.freeze(Object.create(null) as object);

/**
 * Removes the prototype of the object, in place, and returns it. The object is complete by then: V8 gives each object
 * that gets keys afterwards a shape of its own, and a row of ten fields then costs fifty times as much.
 */
export function bare<T extends object>(values: T): T {
  Object.setPrototypeOf(values, NOTHING_INHERITED);
  return values;
}

/** An object without a prototype that gets its keys one by one. */
export const bareAndEmpty = (): object => bare({});

/** Whether it is an object that a literal or JSON makes, with or without a prototype, and none of a class. */
export function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || prototype === NOTHING_INHERITED;
}

/** The object's own property of this name; undefined where the name is missing or only inherited. */
export const ownValue = <T>(values: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(values, name) ? values[name] : undefined;

/** The items by their keys, in their order. A map, as keys may come from outside. Node has `Map.groupBy` from version 21 on. */
export function grouped<K, T>(items: Iterable<T>, keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
