import { AppError } from '../../base/errors.ts';

/** The same refusal with more details. */
export function withDetails(error: AppError, more: Readonly<Record<string, unknown>>): AppError {
  const { code, message, details, cause } = error;
  return new AppError(code, { message, details: { ...details, ...more }, cause });
}
