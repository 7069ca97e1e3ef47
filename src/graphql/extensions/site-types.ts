import {
  type ClassType,
  Extensions,
  createParameterDecorator,
  ObjectType,
  type ResolverData,
} from 'type-graphql';
import { namedClass } from '../types/named-class.ts';

const known = new Map<string, ClassType>();

/**
 * A type of ShotGrid's rows, by its name in the graph: for `@Resolver`, whose fields it then gets, and for fields
 * whose value names rows of it.
 */
export function siteType(name: string): ClassType {
  const type = known.get(name) ?? namedClass(name);
  known.set(name, type);
  return type;
}

/** Declares those of these types that stand for types of the site, in a store that is built from. Gives their names. */
export function declareSiteTypes(types: ReadonlySet<unknown>): ReadonlySet<string> {
  const named = [...known].filter(([, type]) => types.has(type));
  for (const [name, type] of named) ObjectType(name)(type);
  return new Set(named.map(([name]) => name));
}

/** Extensions of a field of a class. */
export const BATCHED = 'shotgraphRows';
export const NEEDS = 'shotgraphNeeds';

/**
 * The parameter of a field resolver that gets all rows of a level, up to 500. The method is then called once for
 * all of them, and gives one value for each, in their order.
 */
export const Rows = (): ParameterDecorator => (prototype, method, index) => {
  if (method === undefined) return;
  Extensions({ [BATCHED]: true })(prototype, method);
  createParameterDecorator(({ root }: ResolverData): unknown => root)(prototype, method, index);
};

/** What a field resolver on a type of the site needs of its rows, by the names of the graph: `code`, `sgTask.content`. */
export const Needs = (...names: readonly string[]): MethodDecorator => Extensions({ [NEEDS]: names });
