/**
 * A class of type-graphql that is made at run time from the site's schema: its decorators are called on it as functions.
 * Types that are the same for every site are ordinary decorated classes.
 */
export interface NamedClass {
  new (): object;
  readonly prototype: Record<string, unknown>;
}

/** An empty class of that name. */
export function namedClass(name: string): NamedClass {
  // oxlint-disable-next-line typescript/no-extraneous-class -- decorators fill it
  return { [name]: class {} }[name] as unknown as NamedClass;
}

/** Adds a method, so that decorators of methods have a descriptor to look at. */
export function addMethod(
  target: NamedClass,
  name: string,
  method: (...args: never[]) => unknown,
): PropertyDescriptor {
  const descriptor = { value: method, writable: true, configurable: true, enumerable: false };
  Object.defineProperty(target.prototype, name, descriptor);
  return descriptor;
}
