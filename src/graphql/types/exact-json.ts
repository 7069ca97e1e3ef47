import { GraphQLScalarType, Kind, type ValueNode } from 'graphql';
import { ownValue } from '../../base/bare.ts';
import { AppError } from '../../base/errors.ts';

type Variables = Readonly<Record<string, unknown>> | null | undefined;

/**
 * Wraps a JSON scalar of the library so that it keeps a value exactly or refuses it. The library drops enum words
 * and rounds large numbers. A number that is too large for a double would become null.
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
      // An omitted variable in a list is null, as in any GraphQL list.
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

/** An omitted variable omits its key. Without a prototype, `__proto__` is an ordinary key. */
function objectOf(entries: readonly (readonly [string, unknown])[]): object {
  const object = Object.create(null) as Record<string, unknown>;
  for (const [key, value] of entries) if (value !== undefined) object[key] = value;
  return object;
}

/** JSON parsing has already rounded the numbers in variables. Refuse those that may have been rounded. */
function assertExact(value: unknown): void {
  if (typeof value === 'number') exact(value);
  if (typeof value === 'object' && value !== null) for (const part of Object.values(value)) assertExact(part);
}

function exact(value: number): number {
  if (Number.isSafeInteger(value) || (Number.isFinite(value) && !Number.isInteger(value))) return value;
  throw inexact('A number is too large to be kept exactly in JSON. Give it as a text.');
}

const inexact = (message: string): AppError => new AppError('BAD_USER_INPUT', { message });
