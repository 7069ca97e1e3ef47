/** The element of the page with this id. The pages are ours: one that is missing is a fault of ours. */
export function elementOf<E extends HTMLElement>(id: string, type: abstract new () => E): E {
  const element = document.getElementById(id);
  if (element instanceof type) return element;
  throw new Error(`The page has no ${type.name} "${id}".`);
}

/** What the server gave the page for its script: attributes of `main`. */
export function dataOfPage<Name extends string>(...names: readonly Name[]): Readonly<Record<Name, string>> {
  const { dataset } = document.querySelector('main') ?? document.body;
  const entries = names.map((name) => [name, dataset[name] ?? ''] as const);
  return Object.fromEntries(entries) as Record<Name, string>;
}
