import { withDetails } from '../ports/with-details.ts';
import { ownValue } from '../../base/bare.ts';
import { AppError } from '../../base/errors.ts';
import type { ExposedField, ExposedType } from '../../site/expose.ts';
import type { WriteInput } from './write-values.ts';

/** Adds the place in the client's input to a refusal of the site, if the refusal names one of its fields. */
export function atInput(thrown: unknown, type: ExposedType, input: WriteInput): unknown {
  const field = thrown instanceof AppError ? refusedField(thrown, type) : undefined;
  if (!(thrown instanceof AppError) || field === undefined) return thrown;
  const value = ownValue(input, field.graphqlName);
  return withDetails(thrown, {
    path: `input.${field.graphqlName}`,
    // A missing right does not depend on the value.
    ...(thrown.code === 'BAD_USER_INPUT' && value !== undefined && { value }),
  });
}

/** The field of the type that a refusal names. */
export function refusedField({ details }: AppError, type: ExposedType): ExposedField | undefined {
  const { entityType = type.type, field } = details ?? {};
  return entityType === type.type && typeof field === 'string' ? type.fields.get(field) : undefined;
}
