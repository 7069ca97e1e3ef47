import { type GraphQLScalarType, GraphQLScalarType as Scalar, Kind } from 'graphql';
import { GraphQLDate, GraphQLJSON, GraphQLJSONObject, GraphQLSafeInt, GraphQLUUID } from 'graphql-scalars';
import { Float, Int } from 'type-graphql';
import { AppError } from '../../base/errors.ts';
import type { Shown } from '../../site/data-types/value-type.ts';
import type { ExposedField } from '../../site/expose.ts';
import { exactJson } from './exact-json.ts';

/** `2026-09-02`: kept as text, so that no time zone can shift it. */
export const DateScalar = textScalar(
  'Date',
  'A calendar date, `YYYY-MM-DD`.',
  (text) => /^\d{4}-\d{2}-\d{2}$/u.test(text) && isRealDate(text),
);

/** Kept as text: converting to a Date and back takes a third of a page's CPU and gives the same value. */
export const DateTimeScalar = textScalar(
  'DateTime',
  'An instant as ISO 8601 with a zone, such as `2026-09-02T15:58:21Z`. ShotGrid keeps whole seconds, in UTC.',
  (text) =>
    /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/u.test(text) &&
    isRealDate(text.slice(0, 10)) &&
    !Number.isNaN(Date.parse(text)),
);

export const JsonScalar = exactJson(GraphQLJSON);
export const JsonObjectScalar = exactJson(GraphQLJSONObject);
export const UuidScalar: GraphQLScalarType = GraphQLUUID;
/** File sizes can exceed an `Int`. */
export const BytesScalar: GraphQLScalarType = GraphQLSafeInt;

function isRealDate(text: string): boolean {
  try {
    return GraphQLDate.parseValue(text) instanceof Date;
  } catch {
    return false;
  }
}

function textScalar(
  name: string,
  description: string,
  isLegal: (text: string) => boolean,
): GraphQLScalarType {
  const parse = (value: unknown): string => {
    if (typeof value === 'string' && isLegal(value)) return value;
    throw new AppError('BAD_USER_INPUT', {
      message: `A value of the type ${name} is not legal. ${description}`,
    });
  };
  return new Scalar({
    name,
    description,
    serialize: (value) => value,
    parseValue: parse,
    parseLiteral: (node) => parse(node.kind === Kind.STRING ? node.value : undefined),
  });
}

/** The scalars by their names in the table of data types. */
export const SCALARS: Readonly<Partial<Record<Shown | 'JSONObject', object>>> = {
  String,
  Int,
  Bytes: BytesScalar,
  Float,
  Boolean,
  Date: DateScalar,
  DateTime: DateTimeScalar,
  UUID: UuidScalar,
  JSON: JsonScalar,
  JSONObject: JsonObjectScalar,
};

/** The GraphQL type of a field's scalar value. Undefined for links and files, which have their own types. */
export const scalarOf = ({ valueType }: ExposedField): object | undefined => SCALARS[valueType.shown];
