import { SiteSchemaError } from './site-schema-error.ts';
import { listFieldNames, namesMadeFor, rootFieldNames } from './type-names.ts';
import type { RootFields } from './type-names.ts';

/** A name that differs from the plain rule of design 3, for docs and the log at start. */
export interface NameNote {
  /** `Type` or `Type.field`, by system name. */
  readonly place: string;
  readonly graphqlName: string;
  readonly reason: string;
}

/** System names <-> GraphQL names of one API. Built once; every direction is a lookup. */
export interface NameMap {
  graphqlType(type: string): string | undefined;
  systemType(graphqlType: string): string | undefined;
  /** `id` maps to `id` in every type; `type` and `name` of `Entity` are no fields of ShotGrid. */
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
  /** File and line that set this name; null if the rule did. */
  readonly renamedAt: string | null;
}

export interface NamedType {
  readonly type: string;
  readonly graphqlName: string;
  readonly renamedAt: string | null;
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

/** A duplicate name is reported at the rule that sets it, since the other name cannot change. */
interface NamePair {
  readonly systemName: string;
  readonly graphqlName: string;
  readonly renamedAt: string | null;
}

/**
 * Joins the names of all types and fields.
 *
 * @throws SiteSchemaError if two of them are equal: the reverse lookup would be ambiguous
 */
export function createNameMap(named: readonly NamedType[], notes: readonly NameNote[]): NameMap {
  const problems: string[] = [];
  const types = twoWay(
    named.map(({ type, graphqlName, renamedAt }) => ({ systemName: type, graphqlName, renamedAt })),
    'the API',
    problems,
  );
  const rootFields = uniqueRootFields(named.map((entry) => entry.graphqlName));
  const byType = new Map<string, TypeNames>();
  for (const entry of named) {
    const fields = [...entry.fields];
    byType.set(entry.type, {
      graphqlName: entry.graphqlName,
      rootFields: rootFields.get(entry.graphqlName) ?? rootFieldNames(entry.graphqlName),
      fields: twoWay([ID('id'), ...fields.map(pairOf('graphqlName'))], entry.type, problems),
      enumValues: twoWay([ID('ID'), ...fields.map(pairOf('enumValue'))], entry.type, problems),
    });
  }
  problems.push(...clashes(named, rootFields));
  if (problems.length > 0) throw new SiteSchemaError(problems);
  const allNotes = [...notes, ...named.flatMap((entry) => listNotes(entry, rootFields))];
  return {
    graphqlType: (type) => byType.get(type)?.graphqlName,
    systemType: (graphqlType) => types.back.get(graphqlType),
    graphqlField: (type, systemName) => byType.get(type)?.fields.forward.get(systemName),
    systemField: (type, graphqlName) => byType.get(type)?.fields.back.get(graphqlName),
    enumValue: (type, systemName) => byType.get(type)?.enumValues.forward.get(systemName),
    systemFieldOfEnumValue: (type, value) => byType.get(type)?.enumValues.back.get(value),
    rootFields: (type) => byType.get(type)?.rootFields,
    notes: allNotes,
  };
}

const ID = (graphqlName: string): NamePair => ({ systemName: 'id', graphqlName, renamedAt: null });

const pairOf =
  (key: 'graphqlName' | 'enumValue') =>
  (field: NamedField): NamePair => ({
    systemName: field.name,
    graphqlName: field[key],
    renamedAt: field.renamedAt,
  });

function twoWay(pairs: readonly NamePair[], owner: string, problems: string[]): TwoWay {
  const forward = new Map<string, string>();
  const back = new Map<string, NamePair>();
  for (const pair of pairs) {
    const { systemName, graphqlName } = pair;
    const other = back.get(graphqlName);
    if (other !== undefined) {
      const place = pair.renamedAt ?? other.renamedAt ?? owner;
      problems.push(
        `${place}: ${other.systemName} and ${systemName} would both be called ${graphqlName} in ${owner}. Give one of them another name.`,
      );
    }
    forward.set(systemName, graphqlName);
    back.set(graphqlName, pair);
  }
  return {
    forward,
    back: new Map([...back].map(([graphqlName, { systemName }]) => [graphqlName, systemName])),
  };
}

/** Names derived from each type: the types of its pages and inputs, and its root fields. */
function clashes(named: readonly NamedType[], rootFields: ReadonlyMap<string, RootFields>): string[] {
  const rootsOf = ({ graphqlName }: NamedType): string[] => Object.values(rootFields.get(graphqlName) ?? {});
  return [
    ...doubled(named, ({ graphqlName }) => namesMadeFor(graphqlName), 'type'),
    ...doubled(named, rootsOf, 'root field'),
  ];
}

function doubled(
  named: readonly NamedType[],
  madeFor: (entry: NamedType) => readonly string[],
  what: string,
): string[] {
  const owners = new Map<string, NamedType>();
  return named.flatMap((entry) => {
    const made = madeFor(entry);
    const twice = made.find((name) => owners.has(name)) ?? '';
    const other = owners.get(twice);
    for (const name of made) if (!owners.has(name)) owners.set(name, entry);
    // Two types with one name are reported already.
    if (other === undefined || other.graphqlName === entry.graphqlName) return [];
    const place = entry.renamedAt ?? other.renamedAt;
    const names = `${other.type} (as ${other.graphqlName}) and ${entry.type} (as ${entry.graphqlName})`;
    return [
      `${place === null ? '' : `${place}: `}${names} would both need the ${what} ${twice}. Rename or hide one of them in expose.yml.`,
    ];
  });
}

/** A list whose name differs from its type's plural, because the plural is taken. */
function listNotes(
  { type, graphqlName }: NamedType,
  rootFields: ReadonlyMap<string, RootFields>,
): readonly NameNote[] {
  const { one = '', many = '' } = rootFields.get(graphqlName) ?? {};
  return many === `${one}List`
    ? [{ place: `The list of ${type}`, graphqlName: many, reason: 'the plural is taken or no other word' }]
    : [];
}

/**
 * A type uses `<one>List` if its plural, or a name derived from it, is another type's name or plural. The others
 * keep theirs, so that a clash never spreads.
 */
function uniqueRootFields(graphqlTypes: readonly string[]): ReadonlyMap<string, RootFields> {
  const wanted = graphqlTypes.map((type) => [type, rootFieldNames(type)] as const);
  const uses = new Map<string, number>();
  for (const name of wanted.flatMap(([, { one, many }]) => [one, many]))
    uses.set(name, (uses.get(name) ?? 0) + 1);
  const isTaken = ({ many, byIds, summarize }: RootFields): boolean =>
    (uses.get(many) ?? 0) > 1 || uses.has(byIds) || uses.has(summarize);
  return new Map(wanted.map(([type, names]) => [type, isTaken(names) ? listFieldNames(type) : names]));
}
