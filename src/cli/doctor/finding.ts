import { type ErrorCode, toAppError } from '../../base/errors.ts';

/** The result of a check, and the remedy. */
export interface Finding {
  readonly level: 'ok' | 'warn' | 'fail';
  readonly check: string;
  readonly found: string;
  readonly advice: string | null;
}

export const ok = (check: string, found: string): Finding => ({ level: 'ok', check, found, advice: null });

export const warn = (check: string, found: string, advice: string): Finding => ({
  level: 'warn',
  check,
  found,
  advice,
});

export const fail = (check: string, found: string, advice: string): Finding => ({
  level: 'fail',
  check,
  found,
  advice,
});

/** A refusal as a finding, with the advice for its code. No text of another system is shown. */
export function failed(
  check: string,
  error: unknown,
  advice: Partial<Record<ErrorCode, string>>,
  otherwise: string,
): Finding {
  const { code, message, details } = toAppError(error);
  const status = details?.['upstreamStatus'];
  const found = `${code}${typeof status === 'number' ? ` (status ${status})` : ''}: ${message}`;
  return fail(check, found, advice[code] ?? otherwise);
}
