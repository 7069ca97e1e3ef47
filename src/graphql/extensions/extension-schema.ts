import type { GraphQLSchema } from 'graphql';
import { buildSchemaSync, type ResolverData } from 'type-graphql';
import { AppError } from '../../base/errors.ts';
import { ExtensionError } from '../../systems/load-system-parts.ts';
import { addCopies, classesOf, type Declared, withEmptyStore } from '../types/decorator-store.ts';
import type { ExtensionContext } from './extension-context.ts';
import { lostGuard } from './guards.ts';
import { type Extension, type Member, mistakeOfClass, placeOf } from './load-extensions.ts';
import { declareSiteTypes } from './site-types.ts';

/** The schema of the classes alone. */
export interface ClassSchema {
  readonly schema: GraphQLSchema;
  /** Names of the types in it that stand for types of the site. */
  readonly siteTypes: ReadonlySet<string>;
}

/**
 * The schema that type-graphql makes of the classes, with empty types in the place of the site's. It is not served:
 * its parts are added to the site's schema.
 *
 * @throws ExtensionError with file and line if type-graphql refuses the classes, or a field is declared twice
 */
export function schemaOfClasses(extensions: readonly Extension[]): ClassSchema {
  return withEmptyStore((store) => {
    for (const { declared } of extensions) addCopies(store, declared);
    const siteTypes = declareSiteTypes(namedTypes(store, extensions));
    assertExtendedOnce(store, extensions);
    assertDeclaredOnce(store, extensions);
    assertOneMember(store, extensions);
    assertGuarded(store, extensions);
    const [first, ...others] = store.resolverClasses.map(({ target }) => target);
    if (first === undefined) throw new Error('No extension has a class with @Resolver.');
    try {
      const schema = buildSchemaSync({
        resolvers: [first, ...others],
        orphanedTypes: typesOf(store),
        authChecker: mayUse,
        validate: false,
        skipCheck: true,
      });
      keepInputs(store, extensions);
      return { schema, siteTypes };
    } catch (error) {
      throw mistakeOf(extensions, error);
    }
  });
}

/**
 * Types that no field has are in the schema too, so that none is left out without a word. What others extend lives
 * on in those: several classes that a function makes have one name.
 */
function typesOf(store: Declared): Declared['objectTypes'][number]['target'][] {
  const targets = classesOf(store).map(({ target }) => target);
  const extended = new Set<unknown>(targets.map((target): unknown => Object.getPrototypeOf(target)));
  return targets.filter((target) => !extended.has(target));
}

/** The types that the classes name, by functions that nobody has called yet. */
function namedTypes(store: Declared, extensions: readonly Extension[]): ReadonlySet<unknown> {
  const isOfFields = ({ target }: Declared['resolverClasses'][number]): boolean =>
    store.fieldResolvers.some((each) => each.kind === 'external' && each.target === target);
  try {
    return new Set<unknown>([
      ...store.resolverClasses.filter(isOfFields).map(({ getObjectType }) => getObjectType()),
      ...[...store.queries, ...store.mutations].map(({ getReturnType }) => getReturnType()),
      ...[...store.fields, ...store.fieldResolvers].map(({ getType }) => getType?.()),
      ...store.unions.flatMap(({ getClassTypes }) => getClassTypes()),
    ]);
  } catch (error) {
    throw mistakeOf(extensions, error);
  }
}

/**
 * `@Authorized('Supervisor')`: the names of permission roles, in any case. Without names: everybody who is signed
 * in. type-graphql takes a function that has a prototype for a class.
 */
const mayUse = (
  { context: { person } }: ResolverData<ExtensionContext>,
  roles: readonly string[],
): boolean => {
  const role = person.role?.toLowerCase();
  if (roles.length === 0 || roles.some((name) => name.toLowerCase() === role)) return true;
  throw new AppError('FORBIDDEN', {
    message:
      'Your permission role in ShotGrid does not allow this. Ask an administrator of ShotGrid for another one.',
  });
};

/** @throws ExtensionError if a guard would not guard */
function assertGuarded(store: Declared, extensions: readonly Extension[]): void {
  const lost = lostGuard(store);
  if (lost === undefined) return;
  throw mistakeAbout(extensions, lost, lost.problem);
}

/** type-graphql makes instances of inputs by what is in the store while a request runs. */
function keepInputs({ inputTypes, argumentTypes }: Declared, extensions: readonly Extension[]): void {
  const built = [...inputTypes, ...argumentTypes];
  for (const { declared } of extensions) {
    for (const type of [...declared.inputTypes, ...declared.argumentTypes]) {
      const { fields } = built.find(({ target }) => target === type.target) ?? {};
      if (fields !== undefined) type.fields = fields;
    }
  }
}

/** type-graphql gives the methods of a class to the first of several that extend it, without a word. */
function assertExtendedOnce(store: Declared, extensions: readonly Extension[]): void {
  const { queries, mutations, fieldResolvers, resolverClasses } = store;
  const resolvers = new Set<unknown>(resolverClasses.map(({ target }) => target));
  const withMethods = new Set<unknown>(
    [...queries, ...mutations, ...fieldResolvers].map(({ target }) => target),
  );
  const heirs = new Map<unknown, { readonly name: string }>();
  for (const { target } of resolverClasses) {
    let base: unknown = Object.getPrototypeOf(target);
    while (typeof base === 'function' && !resolvers.has(base)) base = Object.getPrototypeOf(base);
    if (typeof base !== 'function' || !withMethods.has(base)) continue;
    const [own, inherited] = [typeOfResolver(store, target), typeOfResolver(store, base)];
    const isOfFields = fieldResolvers.some((each) => each.kind === 'external' && each.target === base);
    if (isOfFields && own !== undefined && inherited !== undefined && own !== inherited) {
      const problem = `${target.name} is for ${own.name} and extends ${base.name}, whose fields are for ${inherited.name}: it would not get them. Let a function make such a class, once for each.`;
      throw mistakeAbout(extensions, { target }, problem);
    }
    const other = heirs.get(base);
    heirs.set(base, target);
    if (other === undefined) continue;
    throw mistakeAbout(
      extensions,
      { target },
      `${target.name} and ${other.name} extend ${base.name}, and only one of them would get its fields. Let a function make such a class, once for each.`,
    );
  }
}

/** The type whose fields a class has; undefined where it has none, or leaves it to a class that extends it. */
function typeOfResolver(
  { resolverClasses }: Declared,
  target: unknown,
): { readonly name: string } | undefined {
  try {
    return resolverClasses.find((each) => each.target === target)?.getObjectType();
  } catch {
    return undefined;
  }
}

/** Where two members of a class, or a property and a method about it, have one name, type-graphql shows one of them. */
function assertOneMember(store: Declared, extensions: readonly Extension[]): void {
  const members = new Map<unknown, Map<string, string>>();
  const assertSame = (type: ClassName, field: string, { target, member }: Member): void => {
    const other = members.get(type)?.get(field);
    if (other === undefined || other === member) return;
    const problem = `${type.name}.${field} is there already, as ${other} of the class ${type.name}, and only one of the two would be shown. Give the field one member.`;
    throw mistakeAbout(extensions, { target, member }, problem);
  };
  for (const { target, schemaName, name } of store.fields) {
    assertSame(target, schemaName, { target, member: name });
    const ofType = members.get(target) ?? new Map<string, string>();
    members.set(target, ofType.set(schemaName, name));
  }
  for (const { kind, target, methodName, schemaName } of store.fieldResolvers) {
    const type = kind === 'external' ? typeOfResolver(store, target) : undefined;
    if (type !== undefined) assertSame(type, schemaName, { target, member: methodName });
  }
}

interface ClassName {
  readonly name: string;
}

/** A mistake in a class of any of the extensions. */
function mistakeAbout(extensions: readonly Extension[], member: Member, problem: string): ExtensionError {
  const extension = ownerOf(extensions, member.target) ?? extensions[0];
  return extension === undefined
    ? new ExtensionError('', problem)
    : mistakeOfClass(extension, member, problem);
}

/** type-graphql keeps one of two fields with the same name, without a word. */
function assertDeclaredOnce(store: Declared, extensions: readonly Extension[]): void {
  const seen = new Map<string, { readonly target: { readonly name: string } }>();
  const add = (place: string, { target, methodName }: Declared['queries'][number]): void => {
    const other = seen.get(place);
    if (other !== undefined) {
      const problem = `${place} is there already, from the class ${other.target.name}.`;
      throw mistakeAbout(extensions, { target, member: methodName }, problem);
    }
    seen.set(place, { target });
  };
  for (const each of store.queries) add(`Query.${each.schemaName}`, each);
  for (const each of store.mutations) add(`Mutation.${each.schemaName}`, each);
  const typeOf = ({ target }: Declared['fieldResolvers'][number]): string => {
    const resolver = store.resolverClasses.find((each) => each.target === target);
    const type = resolver?.getObjectType();
    const known = [...store.objectTypes, ...store.interfaceTypes].find((each) => each.target === type);
    return known?.name ?? type?.name ?? '';
  };
  try {
    for (const each of store.fieldResolvers) {
      if (each.kind === 'external')
        add(`${typeOf(each)}.${each.schemaName}`, {
          ...each,
          getReturnType: () => String,
          returnTypeOptions: {},
        });
    }
  } catch (error) {
    throw mistakeOf(extensions, error);
  }
}

/** The extension that declares a class. */
const ownerOf = (extensions: readonly Extension[], target: unknown): Extension | undefined =>
  extensions.find(({ declared, exported }) => {
    const classes = [...classesOf(declared), ...declared.resolverClasses];
    return exported.has(target) || classes.some((each) => each.target === target);
  });

/** An error of type-graphql, with the place of the class that it names. */
function mistakeOf(extensions: readonly Extension[], error: unknown): ExtensionError {
  if (error instanceof ExtensionError) return error;
  const message = error instanceof Error ? error.message : 'it cannot be built';
  const named = message.match(/[\w$]+/gu) ?? [];
  const at =
    extensions.find(({ places }) => named.some((word) => /^[A-Z]/u.test(word) && places.has(word))) ??
    extensions[0];
  if (at === undefined) return new ExtensionError('', message, error);
  const type = named.find((word) => /^[A-Z]/u.test(word) && at.places.has(word));
  const exact = placeOf(at.places, error);
  const place = exact === at.places.file && type !== undefined ? at.places.of(type) : exact;
  return new ExtensionError(at.name, `${place}: ${message}`, error);
}
