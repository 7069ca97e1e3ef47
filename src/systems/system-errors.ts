import { AppError, type ErrorCode } from '../base/errors.ts';

/** Replacements for messages of the table that name ShotGrid. */
const MESSAGES: Readonly<Partial<Record<ErrorCode, string>>> = {
  FORBIDDEN:
    'Another system of the studio does not allow this for you. Ask its administrator for the permission.',
  NOT_FOUND: 'Another system of the studio does not have this, or does not show it to you.',
};

/** The error for a refusal or failure of another system, without the system's own text. */
export function systemError(
  code: ErrorCode,
  details: { readonly system: string; readonly upstreamStatus?: number },
): AppError {
  const message = MESSAGES[code];
  return new AppError(code, { details, ...(message !== undefined && { message }) });
}
