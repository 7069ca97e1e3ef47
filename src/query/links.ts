import { AppError } from '../base/errors.ts';
import type { ExposedField, ExposedSchema } from '../site/expose.ts';

/** A link as the client gives it: the type by its GraphQL name or, as `Entity.type` shows it, ShotGrid's own. */
export interface LinkInput {
  readonly type: string;
  readonly id: number;
}

export const systemTypeOf = (schema: ExposedSchema, type: string): string =>
  schema.names.systemType(type) ?? type;

/**
 * The link as the API takes it. ShotGrid checks the types of some fields only: a wrong one would be stored (API 5.2),
 * or would fail a whole search (API 3.3).
 *
 * @throws AppError BAD_USER_INPUT with path, value and the legal types
 */
export function linkOf(
  schema: ExposedSchema,
  field: ExposedField,
  link: LinkInput,
  path: readonly string[],
): LinkInput {
  const type = systemTypeOf(schema, link.type);
  const details = { path: path.join('.'), value: { type: link.type, id: link.id } };
  if (field.validTypes.length > 0 ? !field.validTypes.includes(type) : !/^[A-Z]\w*$/u.test(type)) {
    throw new AppError('BAD_USER_INPUT', {
      message: `${field.graphqlName} does not hold this type.`,
      details: { ...details, legal: field.validTypes },
    });
  }
  if (link.id < 1) {
    throw new AppError('BAD_USER_INPUT', { message: 'An id is 1 or more.', details });
  }
  return { type, id: link.id };
}
