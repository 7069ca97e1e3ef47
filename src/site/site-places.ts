import type { ExposedSchema, ExposedType } from './expose.ts';
import { namesMadeFor } from './type-names.ts';

/** A place of the site that a part of the GraphQL schema stands for. */
export interface SitePlace {
  readonly type: string;
  /** System name; null for the type itself. */
  readonly field: string | null;
  /** The part is of an input for writing. */
  readonly isWritten: boolean;
}

/** Finds the place of the site that is behind a field of a GraphQL type, an input, or a value of an enum. */
export function sitePlaces({
  types,
}: Pick<ExposedSchema, 'types'>): (graphqlType: string, member: string | null) => SitePlace | undefined {
  const byName = new Map<string, ExposedType>();
  const byRootField = new Map<string, ExposedType>();
  for (const type of types.values()) {
    for (const name of namesMadeFor(type.graphqlName)) byName.set(name, type);
    for (const name of Object.values(type.rootFields)) byRootField.set(name, type);
    for (const verb of WRITES) byRootField.set(`${verb}${type.graphqlName}`, type);
  }
  const members = new Map<ExposedType, ReadonlyMap<string, string>>();
  const membersOf = (type: ExposedType): ReadonlyMap<string, string> => {
    const known = members.get(type);
    if (known !== undefined) return known;
    const made = new Map<string, string>();
    for (const { name, graphqlName, enumValue } of type.fields.values())
      made.set(graphqlName, name).set(enumValue, name);
    members.set(type, made);
    return made;
  };
  return (graphqlType, member) => {
    const isRoot = graphqlType === 'Query' || graphqlType === 'Mutation';
    const type = isRoot ? byRootField.get(member ?? '') : byName.get(graphqlType);
    if (type === undefined) return undefined;
    const field = isRoot || member === null ? null : (membersOf(type).get(member) ?? null);
    return { type: type.type, field, isWritten: WRITTEN.test(graphqlType) || graphqlType === 'Mutation' };
  };
}

const WRITES = ['create', 'update', 'delete', 'revive'];
const WRITTEN = /(?:CreateInput|UpdateInput|UpdateOperationInput)$/u;
