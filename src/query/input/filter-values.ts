import { AppError } from '../../base/errors.ts';
import type { ExposedField, ExposedType } from '../../site/expose.ts';
import { type Operator, operatorRow } from '../../site/data-types/operators.ts';
import { type Checks, type LinkInput, linkOf, systemTypeOf } from './links.ts';

const FLOAT_DECIMALS = 6;

/** The compared field of a type, or the id of its rows. */
export interface Compared extends Checks {
  readonly type: ExposedType;
  readonly field: ExposedField | undefined;
}

export interface GivenValue {
  readonly operator: Operator;
  readonly value: unknown;
  /** GraphQL path, for errors. */
  readonly path: readonly string[];
}

/**
 * The value in the API's form: links as `{type, id}` of system names, spans as `[n, "DAY"]`, floats as text
 * because whole numbers are refused (API 3.3). The schema has typed it, so no text can become an operator (F27).
 */
export function filterValue(compared: Compared, { operator, value, path }: GivenValue): unknown {
  const { field } = compared;
  const rules = field?.valueType.filter;
  // An empty uuid is an empty text, and cannot be compared with null (API 3.3).
  if (value === null) return rules?.empty === 'emptyText' ? '' : null;
  // Its keys have no special meaning.
  if (rules?.value === 'whole') return value;
  if (Array.isArray(value)) {
    return value.map((item, index) =>
      filterValue(compared, { operator, value: item, path: [...path, String(index)] }),
    );
  }
  if (operatorRow(operator).compares === 'type') return knownType(compared, value as string, path);
  if (typeof value === 'number' && rules?.value === 'sixDecimals') return value.toFixed(FLOAT_DECIMALS);
  if (typeof value !== 'object') return value;
  const { count, unit } = value as Readonly<Record<string, unknown>>;
  if (unit !== undefined) return [count, unit];
  return field === undefined ? value : linkOf({ ...compared, field, path }, value as LinkInput);
}

/** For an unknown type ShotGrid finds nothing and reports no error (API 3.3). */
function knownType(
  { schema, type: { type: owner }, field, doubts }: Compared,
  given: string,
  path: readonly string[],
): string {
  const type = systemTypeOf(schema, given);
  const validTypes = field?.validTypes ?? [];
  if (schema.types.has(type) || validTypes.includes(type)) return type;
  const refusal = new AppError('BAD_USER_INPUT', {
    message: 'There is no such type of entities here. Take a name of the schema, such as Shot.',
    details: { path: path.join('.'), value: given },
  });
  if (field === undefined || validTypes.length === 0) throw refusal;
  doubts.add({ type: owner, field: field.name, linkType: type, refusal });
  return type;
}
