import { serverError } from '../http/api-error.ts';
import { SiteError } from '../ports.ts';
import { className, inspect } from '../http/ruby.ts';

export interface Condition {
  readonly path: string;
  readonly relation: string;
  /** Always a list, as the site keeps it: `is x` has one value, `in [a, b]` two. */
  readonly values: readonly unknown[];
  /** What was sent, for messages. */
  readonly sent: unknown;
}

export interface ConditionGroup {
  readonly operator: 'and' | 'or';
  readonly members: readonly (Condition | ConditionGroup)[];
}

export type FilterSyntax = 'array' | 'hash';

/** The site breaks beyond this (API 2.11). */
const MAX_DEPTH = 265;

/** Parses `filters` in the syntax that the request's media type names (API 3.2). */
export function parseFilters(filters: unknown, syntax: FilterSyntax): ConditionGroup {
  if (syntax === 'array') return parseArray(filters);
  if (!isHash(filters)) throw malformed(`Query is not an Hash: ${inspect(filters)}`);
  return parseGroup(filters, 1);
}

function parseArray(filters: unknown): ConditionGroup {
  if (!Array.isArray(filters)) throw malformed(`Query is not an Array: ${inspect(filters)}`);
  const members = filters.map((item: unknown) => {
    if (isTriple(item)) return parseTriple(item);
    throw malformed(
      `Invalid filter. Expected array of basic condition arrays but received: ${inspect(filters)}`,
    );
  });
  return { operator: 'and', members };
}

function parseGroup(group: Record<string, unknown>, depth: number): ConditionGroup {
  if (depth > MAX_DEPTH) throw serverError();
  const { logical_operator: operator, conditions } = group;
  if (operator === undefined) throw malformed(`Missing logical operator: ${inspect(group)}`);
  if (conditions === undefined) throw malformed(`Missing conditions parameter: ${inspect(group)}`);
  if (operator !== 'and' && operator !== 'or') {
    throw malformed(
      `Invalid logical operator: ${typeof operator === 'string' ? operator : inspect(operator)}`,
    );
  }
  if (!Array.isArray(conditions)) throw malformed(`Invalid condition: ${inspect(conditions)}`);
  const members = conditions.map((item: unknown) => {
    if (isHash(item) && !('path' in item)) return parseGroup(item, depth + 1);
    if (isTriple(item)) return parseTriple(item);
    throw malformed(`Invalid condition: ${inspect(item)}`);
  });
  return { operator, members };
}

type Triple = readonly [string, string, unknown];

const isTriple = (item: unknown): item is Triple =>
  Array.isArray(item) && item.length === 3 && typeof item[0] === 'string' && typeof item[1] === 'string';

function parseTriple([path, relation, value]: Triple): Condition {
  return { path, relation, values: Array.isArray(value) ? value : [value], sent: value };
}

const isHash = (value: unknown): value is Record<string, unknown> => className(value) === 'Hash';

const malformed = (title: string): SiteError => new SiteError(400, 103, title, { source: {} });
