import { sha256 } from '../base/digest.ts';
import { OPERATORS } from './data-types/operators.ts';

/**
 * Names that are ours in every entity type or its filter: `id`, `type` and `name` come with every link (design 3), `and`
 * and `or` join conditions, and operators stand beside the fields of the row that a link leads to.
 */
const RESERVED_FIELDS: ReadonlySet<string> = new Set([
  'type',
  'name',
  'and',
  'or',
  ...Object.keys(OPERATORS),
]);
const REPLACEMENTS: ReadonlySet<string> = new Set([...RESERVED_FIELDS].map((name) => `${name}Field`));

/** True for names that no field of an entity type may have, be it by `expose.yml` or by itself. */
export const isReservedFieldName = (name: string): boolean => name === 'id' || RESERVED_FIELDS.has(name);

/** Names that clash with nothing and tell their system name by themselves: lower case, digits, underscores. */
const PLAIN = /^[a-z0-9_]+$/u;
const LEGAL = /^(?!__)[A-Za-z_][A-Za-z0-9_]*$/u;

export interface GivenName {
  readonly name: string;
  /** Why it is not the plain rule's name; null where it is. */
  readonly reason: string | null;
}

/**
 * `sg_status_list` -> `sgStatusList`. A pure function of the one system name, so that a field that is new
 * on the site never renames another one. An underscore before a letter becomes a capital and nothing else
 * changes: two plain names never meet (`sg_v_1` -> `sgV_1`, `sg_v1` -> `sgV1`).
 */
export function fieldName(systemName: string): GivenName {
  if (systemName === 'id') return { name: 'id', reason: null };
  const name = camelCase(systemName);
  if (PLAIN.test(systemName) && RESERVED_FIELDS.has(name)) {
    return { name: `${name}Field`, reason: `"${name}" means something else in every type` };
  }
  return REPLACEMENTS.has(name) ? suffixed(name, systemName) : named(systemName, name);
}

/** `sg_status_list` -> `SG_STATUS_LIST`, for enums of fields; unique as `fieldName` is. */
export function enumValueName(systemName: string): GivenName {
  return named(systemName, systemName.toUpperCase());
}

/**
 * The GraphQL name for `text`, which is free of other uses where `systemName` is plain. Otherwise the
 * illegal characters go and a suffix made from the system name comes: it begins with `_x`, and no plain
 * name gives an underscore before a lower-case letter.
 */
function named(systemName: string, text: string): GivenName {
  if (PLAIN.test(systemName) && LEGAL.test(text)) return { name: text, reason: null };
  return suffixed(text, systemName);
}

const suffixed = (text: string, systemName: string): GivenName => ({
  name: withSuffix(text, systemName),
  reason: 'its own name is not legal in GraphQL or not surely unique',
});

/** A legal name that holds what is legal of `text` and a suffix that depends on `systemName` only. */
export function withSuffix(text: string, systemName: string): string {
  const legal = text.replace(/[^A-Za-z0-9_]/gu, '').replace(/^_+/u, '');
  const base = /^[A-Za-z]/u.test(legal) ? legal : `x${legal}`;
  const digest = sha256(systemName, 'hex').slice(0, 8);
  return `${base}_x${digest}`;
}

export const isLegalName = (name: string): boolean => LEGAL.test(name);

function camelCase(systemName: string): string {
  return systemName.replace(/_([a-z])/gu, (_, letter: string) => letter.toUpperCase());
}
