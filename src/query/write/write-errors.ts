import { withDetails } from '../ports/with-details.ts';
import { ownValue } from '../../base/bare.ts';
import { AppError } from '../../base/errors.ts';
import type { ExposedField, ExposedType } from '../../site/expose.ts';
import type { WriteInput } from './write-values.ts';

/** A refusal of the site, with the place in the client's input that it speaks of, if it names a field of it. */
export function atInput(thrown: unknown, type: ExposedType, input: WriteInput): unknown {
  const field = thrown instanceof AppError ? refusedField(thrown, type) : undefined;
  if (!(thrown instanceof AppError) || field === undefined) return thrown;
  const value = ownValue(input, field.graphqlName);
  return withDetails(thrown, {
    path: `input.${field.graphqlName}`,
    // What somebody may not change says nothing about the value.
    ...(thrown.code === 'BAD_USER_INPUT' && value !== undefined && { value }),
  });
}

/** The field of the type that a refusal names. */
export function refusedField({ details }: AppError, type: ExposedType): ExposedField | undefined {
  const { entityType = type.type, field } = details ?? {};
  return entityType === type.type && typeof field === 'string' ? type.fields.get(field) : undefined;
}
