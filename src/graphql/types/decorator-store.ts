import { getMetadataStorage } from 'type-graphql';

/** What decorators have declared: type-graphql keeps it in one store per process. */
export type Declared = ReturnType<typeof getMetadataStorage>;

/** The classes of types and inputs. */
export const classesOf = ({ objectTypes, interfaceTypes, inputTypes }: Declared): Declared['inputTypes'] => [
  ...objectTypes,
  ...interfaceTypes,
  ...inputTypes,
];

/** Builds something from an empty store. What a studio's classes have declared is in the store again afterwards. */
export function withEmptyStore<T>(build: (store: Declared) => T): T {
  const store = getMetadataStorage();
  const others = Object.fromEntries(Object.entries(store));
  store.clear();
  try {
    return build(store);
  } finally {
    Object.assign(store, others);
  }
}

/** What has been declared in the store since a moment. */
export interface Recording {
  /** What was declared, as a store of its own. */
  take(): Declared;
  /** Removes it from the store. */
  drop(): void;
}

export function recordDeclared(): Recording {
  const store = getMetadataStorage();
  const before = new Map(listsOf(store).map(([key, list]) => [key, list.length]));
  return {
    take() {
      const taken = store.clone();
      for (const [key, list] of listsOf(taken)) list.splice(0, before.get(key));
      return taken;
    },
    drop() {
      for (const [key, list] of listsOf(store)) list.length = before.get(key) ?? 0;
    },
  };
}

/** Adds copies, because a build changes what it reads. */
export function addCopies(store: Declared, declared: Declared): void {
  const lists = new Map(listsOf(store));
  for (const [key, list] of listsOf(declared)) lists.get(key)?.push(...list.map((each) => ({ ...each })));
}

/** The lists of a store. Its other properties are indexes over them. */
const listsOf = (store: Declared): [string, object[]][] =>
  Object.entries(store).flatMap(([key, value]: [string, unknown]): [string, object[]][] =>
    isList(value) ? [[key, value]] : [],
  );

const isList = (value: unknown): value is object[] => Array.isArray(value);
