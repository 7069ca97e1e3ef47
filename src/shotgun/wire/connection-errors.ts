import { errors } from 'undici';
import { AppError } from '../../base/errors.ts';
import { hasLeft } from '../../base/deadline.ts';
import { wasNotSent } from '../../base/error-kinds.ts';
import type { AppErrorOptions, ErrorCode } from '../../base/errors.ts';
import type { HttpCall } from './http-call.ts';

const TIMED_OUT: ReadonlySet<string> = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);

/** Turns undici's error into one of ours. Its own message is hidden, because it may quote the answer. */
export function toConnectionError(cause: unknown, call: HttpCall, signal: AbortSignal): AppError {
  if (cause instanceof AppError) return cause;
  if (signal.aborted) return toAbortError(signal, call);
  const code = codeOf(cause);
  if (wasNotSent(cause)) {
    return new AppError('UPSTREAM_UNAVAILABLE', { cause, operation: call.operation });
  }
  if (TIMED_OUT.has(code)) return callError('UPSTREAM_TIMEOUT', call, { cause });
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') return callError('UPSTREAM_BROKEN', call, { cause });
  return callError('UPSTREAM_UNAVAILABLE', call, { cause });
}

const RESET: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE']);

/**
 * True if a connection ended that may have carried an answer before: the site gave it up while nothing was under way, and
 * this call met its end.
 */
export function wasLostWhileKept(cause: unknown): boolean {
  if (cause instanceof errors.SocketError) return (cause.socket?.bytesRead ?? 0) > 0;
  return RESET.has(codeOf(cause));
}

/** The deadline passed, or the caller left. A reason that is one of our errors is kept. */
export function toAbortError(signal: AbortSignal, call?: HttpCall): AppError {
  const reason: unknown = signal.reason;
  if (reason instanceof AppError) return reason;
  // The caller left, so the site did not fail.
  return callError(hasLeft(signal) ? 'CLIENT_LEFT' : 'UPSTREAM_TIMEOUT', call, { cause: reason });
}

/**
 * The error of a call without a usable answer. For a write the reader must know that it may have happened (API
 * 12.2, 11).
 */
export function callError(
  code: ErrorCode,
  call: HttpCall | undefined,
  options: AppErrorOptions = {},
): AppError {
  if (call === undefined) return new AppError(code, options);
  const { operation } = call;
  if (call.isRepeatable) return new AppError(code, { ...options, operation });
  return new AppError(code, {
    operation,
    message: `ShotGrid gave no usable answer. The change may have been made: look before you repeat it. ${howToLook(operation)}`,
    ...options,
    details: { ...options.details, outcome: 'unknown' },
  });
}

const howToLook = (operation: string): string =>
  operation === 'create'
    ? 'Search for the new record, the newest first.'
    : 'Read the record again: it shows whether the change is there.';

function codeOf(error: unknown): string {
  const code: unknown = typeof error === 'object' && error !== null && 'code' in error ? error.code : '';
  return typeof code === 'string' ? code : '';
}
