import { AppError, type ErrorCode, withDetails } from '../base/errors.ts';
import type { SystemRefusal } from './connector.ts';
import { type Said, saidOf } from './said.ts';

/** Replacements for messages of the table that name ShotGrid. */
const MESSAGES: Readonly<Partial<Record<ErrorCode, string>>> = {
  FORBIDDEN:
    'Another system of the studio does not allow this for you. Ask its administrator for the permission.',
  NOT_FOUND: 'Another system of the studio does not have this, or does not show it to you.',
};

/** The error for a refusal or failure of another system: in its own sentence where it has said one, else in ours. */
export function systemError(
  code: ErrorCode,
  details: { readonly system: string; readonly upstreamStatus?: number } & Said,
): AppError {
  const message = details.says ?? MESSAGES[code];
  return new AppError(code, { details: { ...details }, ...(message !== undefined && { message }) });
}

/** An error in the answer of another system, with the outcome of the mutation that it answers. */
export class AnswerError extends AppError {
  readonly outcome: 'done' | 'failed' | 'unknown';

  constructor({ code, message, details = {}, cause, operation }: AppError, outcome: AnswerError['outcome']) {
    super(code, { message, details, cause, operation });
    this.outcome = outcome;
  }
}

/** The codes that a connector may give to a refusal. */
const REFUSALS = new Map<unknown, ErrorCode>(
  (['FORBIDDEN', 'NOT_FOUND', 'BAD_USER_INPUT', 'SYSTEM_REJECTED'] as const).map((code) => [code, code]),
);

/** The error of a field that a connector refuses, with the system's sentence. */
export function refusalBy(system: string, refusal: Partial<SystemRefusal> = {}): AppError {
  const { message, path, code, changed } = refusal;
  const own = REFUSALS.get(code);
  const said = saidOf({ message, path, code: own === undefined ? code : undefined });
  const error = systemError(own ?? 'SYSTEM_REJECTED', { system, ...said });
  return changed === false ? new AnswerError(error, 'failed') : error;
}

/** The same error, naming the system that it is about. */
export function ofSystem(thrown: unknown, system: string): unknown {
  if (!(thrown instanceof AppError) || thrown.details?.['system'] !== undefined) return thrown;
  return withDetails(thrown, { system });
}
