import { sha256 } from '../base/digest.ts';
import { OPERATORS } from './data-types/operators.ts';

/**
 * Our own names in every entity type or its filter: every link has `id`, `type`, `name` (design 3) and `nodeId`, `and` and
 * `or` join conditions, and operators appear beside the fields of a linked row.
 */
const RESERVED_FIELDS: ReadonlySet<string> = new Set([
  'type',
  'name',
  'nodeId',
  'and',
  'or',
  ...Object.keys(OPERATORS),
]);
const REPLACEMENTS: ReadonlySet<string> = new Set([...RESERVED_FIELDS].map((name) => `${name}Field`));

/** True for names that no field of an entity type may have, by `expose.yml` or by the naming rule. */
export const isReservedFieldName = (name: string): boolean => name === 'id' || RESERVED_FIELDS.has(name);

/** Names that clash with no other and reveal their system name: lower case, digits, underscores. */
const PLAIN = /^[a-z0-9_]+$/u;
const LEGAL = /^(?!__)[A-Za-z_][A-Za-z0-9_]*$/u;

export interface GivenName {
  readonly name: string;
  /** Why it differs from the plain rule's name; null if it does not. */
  readonly reason: string | null;
}

/**
 * `sg_status_list` -> `sgStatusList`. A pure function of the one system name, so that a new field on the site
 * never renames another one. Only an underscore before a letter changes, with the letter, to a capital: two plain
 * names never collide (`sg_v_1` -> `sgV_1`, `sg_v1` -> `sgV1`).
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
 * The GraphQL name for `text`, which is unique if `systemName` is plain. Otherwise illegal characters are removed
 * and a suffix from the system name is added: it begins with `_x`, and no plain name yields an underscore before a
 * lower-case letter.
 */
function named(systemName: string, text: string): GivenName {
  if (PLAIN.test(systemName) && LEGAL.test(text)) return { name: text, reason: null };
  return suffixed(text, systemName);
}

const suffixed = (text: string, systemName: string): GivenName => ({
  name: withSuffix(text, systemName),
  reason: 'its own name is not legal in GraphQL or not surely unique',
});

/** A legal name: the legal characters of `text`, and a suffix that depends on `systemName` only. */
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
