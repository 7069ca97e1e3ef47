import { AppError, type ErrorCode } from '../base/errors.ts';

/** Where the table speaks of ShotGrid. */
const MESSAGES: Readonly<Partial<Record<ErrorCode, string>>> = {
  FORBIDDEN:
    'Another system of the studio does not allow this for you. Ask its administrator for the permission.',
  NOT_FOUND: 'Another system of the studio does not have this, or does not show it to you.',
};

/** What another system refused, or failed at; nothing that it said is in it. */
export function systemError(
  code: ErrorCode,
  details: { readonly system: string; readonly upstreamStatus?: number },
): AppError {
  const message = MESSAGES[code];
  return new AppError(code, { details, ...(message !== undefined && { message }) });
}
