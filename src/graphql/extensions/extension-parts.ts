import {
  type GraphQLNamedType,
  GraphQLObjectType,
  type GraphQLSchema,
  type GraphQLTypeResolver,
  isAbstractType,
  isEnumType,
  isIntrospectionType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
  printType,
} from 'graphql';
import { ExtensionError } from '../../systems/load-system-parts.ts';
import type { GraphqlContext } from '../request/context.ts';
import type { FieldSource } from '../resolve/declared-fields.ts';
import type { GraphPart, PartSource } from '../systems/graph-part.ts';
import {
  type ClassField,
  type ClassOrigin,
  isBatched,
  ofClass,
  ofChange,
  ofOwnValue,
  needsOf,
  ofQuery,
  ofRowsOfLevel,
  originOf,
} from './extension-resolvers.ts';
import { schemaOfClasses } from './extension-schema.ts';
import type { Extension } from './load-extensions.ts';
import { classesOf } from '../types/decorator-store.ts';
import { assertRowMethods } from './row-methods.ts';
import type { Site } from './site-reads.ts';

const ROOTS: ReadonlySet<string> = new Set(['Query', 'Mutation']);

/**
 * The classes of the extensions in the form of connectors, so that the same rules hold for both.
 *
 * @throws ExtensionError with file and line for what cannot be part of the graph
 */
export function partsOf(extensions: readonly Extension[], site: Site): readonly GraphPart[] {
  const { schema: classes, siteTypes } = schemaOfClasses(extensions);
  const drafts = new Map(extensions.map((extension) => [extension, new Draft(extension, site)]));
  const [first] = drafts.values();
  for (const type of Object.values(classes.getTypeMap())) {
    if (isIntrospectionType(type) || isSpecifiedScalarType(type)) continue;
    if (isObjectType(type) && (ROOTS.has(type.name) || siteTypes.has(type.name))) {
      for (const field of Object.values(type.getFields())) {
        const owner = extensions.find(
          (extension) => methodOf(extension, type.name, field.name) !== undefined,
        );
        (owner && drafts.get(owner))?.addField(type, field.name);
      }
      continue;
    }
    // A scalar of this server, such as DateTime, is there already.
    if (isScalarType(type) && site.schema.getType(type.name) === type) continue;
    const owner = extensions.find((extension) => declares(extension, type));
    ((owner && drafts.get(owner)) ?? first)?.addType(type);
  }
  assertAllThere(extensions, classes);
  assertRowMethods(extensions);
  return [...drafts.values()].map((draft) => draft.part());
}

/** The method that declares a field. */
function methodOf({ declared }: Extension, type: string, field: string) {
  const { queries, mutations, fieldResolvers, resolverClasses } = declared;
  if (type === 'Query') return queries.find(({ schemaName }) => schemaName === field);
  if (type === 'Mutation') return mutations.find(({ schemaName }) => schemaName === field);
  return fieldResolvers.find(
    ({ schemaName, target }) =>
      schemaName === field &&
      resolverClasses.some((each) => each.target === target && each.getObjectType().name === type),
  );
}

function declares({ declared }: Extension, { name }: GraphQLNamedType): boolean {
  const { enums, unions } = declared;
  return [...classesOf(declared), ...enums, ...unions].some((each) => each.name === name);
}

/** An enum or a union that no field has would be left out without a word. */
function assertAllThere(extensions: readonly Extension[], classes: GraphQLSchema): void {
  for (const { name, declared, places } of extensions) {
    const lost = [...declared.enums, ...declared.unions].find(
      (each) => classes.getType(each.name) === undefined,
    );
    if (lost !== undefined)
      throw new ExtensionError(name, `${places.file}: ${lost.name} is registered, but no field has it.`);
  }
}

/** A value that names its type in `__typename`, as rows of ShotGrid do, needs no class of it. */
function byNameOr(
  other: GraphQLTypeResolver<unknown, GraphqlContext>,
): GraphQLTypeResolver<unknown, GraphqlContext> {
  return (value, context, info, type) => {
    const isNaming = typeof value === 'object' && value !== null && '__typename' in value;
    const name = isNaming ? value.__typename : undefined;
    const isPossible = info.schema.getPossibleTypes(type).some((possible) => possible.name === name);
    return typeof name === 'string' && isPossible ? name : other(value, context, info, type);
  };
}

/** Gathers what one extension adds. */
class Draft {
  readonly #extension: Extension;
  readonly #origin: ClassOrigin;
  readonly #sdl: string[] = [];
  /** Of each line of the SDL. */
  readonly #places: string[] = [];
  readonly #sources = new Map<string, PartSource>();
  readonly #leaves = new Map<GraphQLNamedType, string>();
  readonly #resolveTypes = new Map<string, GraphQLTypeResolver<unknown, GraphqlContext>>();

  constructor(extension: Extension, site: Site) {
    this.#extension = extension;
    this.#origin = originOf(extension.name, site);
  }

  /** A field on a type of the site, on Query or on Mutation. */
  addField(type: GraphQLObjectType, name: string): void {
    const field = type.getFields()[name];
    if (field === undefined) return;
    const config = type.toConfig();
    const only = new GraphQLObjectType({
      name: type.name,
      fields: Object.fromEntries(Object.entries(config.fields).filter(([each]) => each === name)),
    });
    const place = `${type.name}.${name}`;
    const where = this.#placeOfMethod(type.name, name);
    this.#add(`extend ${this.#sdlOf(only, place, where)}`, where);
    this.#sources.set(place, { source: this.#sourceOf(type.name, place, field) });
  }

  #sourceOf(type: string, place: string, field: ClassField): FieldSource {
    const isRoot = ROOTS.has(type);
    if (isRoot && (isBatched(field) || needsOf(field).length > 0))
      throw this.#mistake(
        type,
        field.name,
        `${place} has no rows: @Rows and @Needs are for fields of types.`,
      );
    if (!isRoot && this.#hasInfo(type, field.name))
      throw this.#mistake(type, field.name, `${place} cannot take @Info: it is asked for all rows at once.`);
    if (type === 'Query') return ofQuery(this.#origin, field);
    return type === 'Mutation' ? ofChange(this.#origin, field) : ofRowsOfLevel(this.#origin, place, field);
  }

  /** A type of the extension itself. */
  addType(type: GraphQLNamedType): void {
    if (isEnumType(type) || isScalarType(type)) {
      this.#leaves.set(type, this.#placeOfLeaf(type.name));
      return;
    }
    const where = this.#placeOfType(type.name);
    this.#add(this.#sdlOf(type, type.name, where), where);
    if (isAbstractType(type) && type.resolveType !== undefined && type.resolveType !== null)
      this.#resolveTypes.set(type.name, byNameOr(ofClass(this.#origin, type.name, type.resolveType)));
    if (!isObjectType(type)) return;
    for (const field of Object.values(type.getFields())) {
      if (field.resolve === undefined) continue;
      const place = `${type.name}.${field.name}`;
      this.#sources.set(place, { source: this.#sourceOfOwn(place, field) });
    }
  }

  /** The graph refuses needs of rows that are not ShotGrid's. */
  #sourceOfOwn(place: string, field: ClassField): FieldSource {
    return isBatched(field) || needsOf(field).length > 0
      ? ofRowsOfLevel(this.#origin, place, field)
      : ofOwnValue(this.#origin, place, field);
  }

  #hasInfo(type: string, name: string): boolean {
    const method = methodOf(this.#extension, type, name);
    return this.#extension.declared.params.some(
      ({ kind, target, methodName }) =>
        kind === 'info' && target === method?.target && methodName === method.methodName,
    );
  }

  #mistake(type: string, name: string, problem: string): ExtensionError {
    return new ExtensionError(this.#extension.name, `${this.#placeOfMethod(type, name)}: ${problem}`);
  }

  #placeOfType(name: string): string {
    const { declared, places } = this.#extension;
    const found = classesOf(declared).find((each) => each.name === name);
    return places.of(found?.target.name ?? name);
  }

  #placeOfMethod(type: string, name: string): string {
    const { places } = this.#extension;
    const found = methodOf(this.#extension, type, name);
    return found === undefined ? places.file : places.of(found.target.name, found.methodName);
  }

  /** A call names an enum or a scalar: it has no class. */
  #placeOfLeaf(name: string): string {
    const { places } = this.#extension;
    const texts = ["'", '"', '`'].flatMap((quote) =>
      ['name:', 'name: '].map((key) => `${key}${quote}${name}${quote}`),
    );
    return places.ofLine((line) => texts.some((text) => line.includes(text))) ?? places.file;
  }

  #sdlOf(type: GraphQLNamedType, what: string, place: string): string {
    try {
      return printType(type);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : '';
      throw new ExtensionError(
        this.#extension.name,
        `${place}: ${what} has a default value that cannot be written in the schema (${reason}). Leave out defaultValue, and set the value where it is used.`,
        cause,
      );
    }
  }

  #add(sdl: string, place: string): void {
    const lines = sdl.split('\n');
    this.#sdl.push(...lines);
    this.#places.push(...lines.map(() => place));
  }

  part(): GraphPart {
    const { name, places } = this.#extension;
    return {
      name,
      file: places.file,
      origin: 'class',
      typeDefs: this.#sdl.join('\n'),
      placeOf: (line) => this.#places[line - 1] ?? places.file,
      sources: this.#sources,
      leaves: this.#leaves,
      resolveTypes: this.#resolveTypes,
    };
  }
}
