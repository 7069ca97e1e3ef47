import { GraphQLScalarType, Kind, type ValueNode } from 'graphql';
import { ownValue } from '../../base/bare.ts';
import { AppError } from '../../base/errors.ts';

type Variables = Readonly<Record<string, unknown>> | null | undefined;

/**
 * A JSON scalar of the library that takes a value as it stands there, or refuses it. The library drops the words of enums
 * and rounds large numbers. A number that is too large for a double would be written as null.
 */
export function exactJson(scalar: GraphQLScalarType): GraphQLScalarType {
  return new GraphQLScalarType({
    ...scalar.toConfig(),
    parseValue(value) {
      assertExact(value);
      return scalar.parseValue(value);
    },
    parseLiteral: (node, variables) => scalar.parseValue(valueOf(node, variables)),
  });
}

function valueOf(node: ValueNode, variables: Variables): unknown {
  switch (node.kind) {
    case Kind.OBJECT:
      return objectOf(node.fields.map(({ name, value }) => [name.value, valueOf(value, variables)]));
    case Kind.LIST:
      // A variable that was left out is null in a list, as in any list of GraphQL.
      return node.values.map((item) => valueOf(item, variables) ?? null);
    case Kind.VARIABLE:
      return ownValue(variables ?? {}, node.name.value);
    case Kind.INT:
    case Kind.FLOAT:
      return exact(Number(node.value));
    case Kind.ENUM:
      throw inexact(`JSON has no word ${node.value}. Put it in quotes.`);
    case Kind.NULL:
      return null;
    default:
      return node.value;
  }
}

/** A variable that was left out leaves its key out. Without a prototype, `__proto__` is a key like others. */
function objectOf(entries: readonly (readonly [string, unknown])[]): object {
  const object = Object.create(null) as Record<string, unknown>;
  for (const [key, value] of entries) if (value !== undefined) object[key] = value;
  return object;
}

/** Variables come as JSON, whose numbers were rounded when it was read: what may have been rounded is refused. */
function assertExact(value: unknown): void {
  if (typeof value === 'number') exact(value);
  if (typeof value === 'object' && value !== null) for (const part of Object.values(value)) assertExact(part);
}

function exact(value: number): number {
  if (Number.isSafeInteger(value) || (Number.isFinite(value) && !Number.isInteger(value))) return value;
  throw inexact('A number is too large to be kept exactly in JSON. Give it as a text.');
}

const inexact = (message: string): AppError => new AppError('BAD_USER_INPUT', { message });
