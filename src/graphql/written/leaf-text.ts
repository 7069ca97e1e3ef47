import { GraphQLBoolean, GraphQLFloat, GraphQLInt, type GraphQLLeafType, GraphQLString } from 'graphql';
import { isPromise } from '../request/in-time.ts';

/** Writes one value as text of JSON, exactly as graphql-js and `JSON.stringify` would. */
export type Write = (value: unknown) => string;

/** Thrown where a value cannot be written exactly: graphql-js then executes the field. */
export class NotWritten extends Error {}

/** One for all: where it comes from does not matter, and a trace for each would cost more than it tells. */
export const NOT_WRITTEN = new NotWritten('The answer cannot be written as text.');

/** Lone surrogates are escaped too. */
const ESCAPED = /["\\\u0000-\u001f\ud800-\udfff]/u;
/** A loop is faster than the expression for texts up to about this length. */
const SHORT = 40;
const FIRST_PRINTED = 0x20;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const FIRST_SURROGATE = 0xd800;
const LAST_SURROGATE = 0xdfff;

/** `JSON.stringify` of a text, which is slow to begin: most texts have nothing to escape. */
export function quoted(text: string): string {
  const isPlain = text.length > SHORT ? !ESCAPED.test(text) : isPlainShort(text);
  return isPlain ? `"${text}"` : JSON.stringify(text);
}

function isPlainShort(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < FIRST_PRINTED || code === QUOTE || code === BACKSLASH) return false;
    if (code >= FIRST_SURROGATE && code <= LAST_SURROGATE) return false;
  }
  return true;
}

const MAX_INT = 2 ** 31 - 1;

const isInt = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value <= MAX_INT && value >= -MAX_INT - 1;

/** The usual values of the scalars that GraphQL itself has. */
const USUAL = new Map<GraphQLLeafType, (value: unknown) => string | undefined>([
  [GraphQLString, (value) => (typeof value === 'string' ? quoted(value) : undefined)],
  [GraphQLInt, (value) => (isInt(value) ? String(value) : undefined)],
  [GraphQLFloat, (value) => (Number.isFinite(value) ? String(value) : undefined)],
  [GraphQLBoolean, (value) => (typeof value === 'boolean' ? String(value) : undefined)],
]);

/** Writes values of a scalar or an enum that are there. */
export function leafText(type: GraphQLLeafType): Write {
  const usual = USUAL.get(type);
  const serialized: Write = (value) => {
    if (value instanceof Error || typeof value === 'function' || isPromise(value)) throw NOT_WRITTEN;
    const given: unknown = type.serialize(value);
    if (typeof given === 'string') return quoted(given);
    // graphql-js says what is wrong with a value that has become nothing.
    const text = given === null || given === undefined ? undefined : JSON.stringify(given);
    if (text === undefined) throw NOT_WRITTEN;
    return text;
  };
  return usual === undefined ? serialized : (value) => usual(value) ?? serialized(value);
}
