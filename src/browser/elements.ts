/** The page's element with this id. The pages are ours, so a missing one is our bug. */
export function elementOf<E extends HTMLElement>(id: string, type: abstract new () => E): E {
  const element = document.getElementById(id);
  if (element instanceof type) return element;
  throw new Error(`The page has no ${type.name} "${id}".`);
}

/** Values that the server passes to the page's script: attributes of `main`. */
export function dataOfPage<Name extends string>(...names: readonly Name[]): Readonly<Record<Name, string>> {
  const { dataset } = document.querySelector('main') ?? document.body;
  const entries = names.map((name) => [name, dataset[name] ?? ''] as const);
  return Object.fromEntries(entries) as Record<Name, string>;
}
