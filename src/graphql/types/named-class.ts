/**
 * A type-graphql class created at run time from the site's schema. Its decorators are called as functions. Types
 * that are the same for every site are ordinary decorated classes.
 */
export interface NamedClass {
  new (): object;
  readonly prototype: Record<string, unknown>;
}

/** Creates an empty class with this name. */
export function namedClass(name: string): NamedClass {
  // oxlint-disable-next-line typescript/no-extraneous-class -- decorators fill it
  return { [name]: class {} }[name] as unknown as NamedClass;
}

/** Adds a method, so that method decorators find a descriptor. */
export function addMethod(
  target: NamedClass,
  name: string,
  method: (...args: never[]) => unknown,
): PropertyDescriptor {
  const descriptor = { value: method, writable: true, configurable: true, enumerable: false };
  Object.defineProperty(target.prototype, name, descriptor);
  return descriptor;
}
