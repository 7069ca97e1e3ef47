import { SiteSchemaError } from './site-schema-error.ts';
import { rootFieldNames } from './type-names.ts';
import type { RootFields } from './type-names.ts';

/** A name that differs from what the plain rule of design 3 gives, for docs and the log at start. */
export interface NameNote {
  /** `Type` or `Type.field`, by system name. */
  readonly place: string;
  readonly graphqlName: string;
  readonly reason: string;
}

/** System names <-> GraphQL names of one API. Built once; every direction is a look-up. */
export interface NameMap {
  graphqlType(type: string): string | undefined;
  systemType(graphqlType: string): string | undefined;
  /** `id` and `id` belong together in every type; `type` and `name` of `Entity` are no fields of ShotGrid. */
  graphqlField(type: string, systemName: string): string | undefined;
  systemField(type: string, graphqlName: string): string | undefined;
  /** The field as a value of the type's enums of fields: `sg_status_list` -> `SG_STATUS_LIST`. */
  enumValue(type: string, systemName: string): string | undefined;
  systemFieldOfEnumValue(type: string, value: string): string | undefined;
  rootFields(type: string): RootFields | undefined;
  readonly notes: readonly NameNote[];
}

export interface NamedField {
  readonly name: string;
  readonly graphqlName: string;
  readonly enumValue: string;
}

export interface NamedType {
  readonly type: string;
  readonly graphqlName: string;
  readonly fields: Iterable<NamedField>;
}

interface TypeNames {
  readonly graphqlName: string;
  readonly rootFields: RootFields;
  readonly fields: TwoWay;
  readonly enumValues: TwoWay;
}

interface TwoWay {
  readonly forward: ReadonlyMap<string, string>;
  readonly back: ReadonlyMap<string, string>;
}

/**
 * Joins the names that each type and field was given.
 *
 * @throws SiteSchemaError where two of them are equal: then no look-up could be undone
 */
export function createNameMap(named: readonly NamedType[], notes: readonly NameNote[]): NameMap {
  const problems: string[] = [];
  const types = twoWay(
    named.map((entry) => [entry.type, entry.graphqlName]),
    'The API',
    problems,
  );
  const rootFields = uniqueRootFields(named.map((entry) => entry.graphqlName));
  const byType = new Map<string, TypeNames>();
  for (const entry of named) {
    const fields = [...entry.fields];
    byType.set(entry.type, {
      graphqlName: entry.graphqlName,
      rootFields: rootFields.get(entry.graphqlName) ?? rootFieldNames(entry.graphqlName),
      fields: twoWay([['id', 'id'], ...fields.map(pairOf('graphqlName'))], entry.type, problems),
      enumValues: twoWay([['id', 'ID'], ...fields.map(pairOf('enumValue'))], entry.type, problems),
    });
  }
  problems.push(...clashes(named, [...rootFields.values()]));
  if (problems.length > 0) throw new SiteSchemaError(problems);
  return {
    graphqlType: (type) => byType.get(type)?.graphqlName,
    systemType: (graphqlType) => types.back.get(graphqlType),
    graphqlField: (type, systemName) => byType.get(type)?.fields.forward.get(systemName),
    systemField: (type, graphqlName) => byType.get(type)?.fields.back.get(graphqlName),
    enumValue: (type, systemName) => byType.get(type)?.enumValues.forward.get(systemName),
    systemFieldOfEnumValue: (type, value) => byType.get(type)?.enumValues.back.get(value),
    rootFields: (type) => byType.get(type)?.rootFields,
    notes,
  };
}

const pairOf =
  (key: 'graphqlName' | 'enumValue') =>
  (field: NamedField): [string, string] => [field.name, field[key]];

function twoWay(pairs: readonly (readonly [string, string])[], owner: string, problems: string[]): TwoWay {
  const forward = new Map<string, string>();
  const back = new Map<string, string>();
  for (const [systemName, graphqlName] of pairs) {
    const other = back.get(graphqlName);
    if (other !== undefined)
      problems.push(`${owner}: ${other} and ${systemName} would both be called ${graphqlName}. Rename one.`);
    forward.set(systemName, graphqlName);
    back.set(graphqlName, systemName);
  }
  return { forward, back };
}

/** What is made for each type: its page type `<Type>Connection` and its two root fields. */
function clashes(named: readonly NamedType[], rootFields: readonly RootFields[]): string[] {
  const types = new Set(named.map((entry) => entry.graphqlName));
  const pages = [...types].filter((type) => types.has(`${type}Connection`));
  const seen = new Set<string>();
  const roots = rootFields
    .flatMap((names) => [names.one, names.many])
    .filter((name) => seen.size === seen.add(name).size);
  return [
    ...pages.map(
      (type) => `${type}Connection is needed for the pages of ${type}. Rename or hide one of them.`,
    ),
    ...roots.map((name) => `Two types need the root field ${name}. Rename or hide one of them.`),
  ];
}

/** A plural that another type already uses in the singular gives way to `<one>List`. */
function uniqueRootFields(graphqlTypes: readonly string[]): ReadonlyMap<string, RootFields> {
  const wanted = graphqlTypes.map((type) => [type, rootFieldNames(type)] as const);
  const singulars = new Set(wanted.map(([, names]) => names.one));
  const plurals = wanted.map(([, names]) => names.many);
  const isTaken = (many: string): boolean =>
    singulars.has(many) || plurals.indexOf(many) !== plurals.lastIndexOf(many);
  return new Map(
    wanted.map(([type, names]) => [
      type,
      isTaken(names.many) ? { one: names.one, many: `${names.one}List` } : names,
    ]),
  );
}
