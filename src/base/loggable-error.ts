import { AppError } from './errors.ts';

const MAX_CAUSES = 4;
const MAX_MESSAGE = 500;

/**
 * An error in the form that is safe to log: class, code and stack frames of the error and of its causes. Messages
 * and own properties of foreign errors are left out: libraries put response bodies, URLs with `?code=` and header
 * values there (G20).
 *
 * @param withMessages in development only
 */
export function toLoggableError(error: unknown, withMessages = false): Record<string, unknown> {
  const chain: Record<string, unknown>[] = [];
  let current: unknown = error;
  while (current instanceof Error && chain.length < MAX_CAUSES) {
    chain.push({
      name: current.name,
      code: codeOf(current),
      ...(current instanceof AppError ? {} : { frames: framesOf(current) }),
      ...(withMessages && { message: current.message.slice(0, MAX_MESSAGE) }),
    });
    current = current.cause;
  }
  if (chain.length === 0) return { name: typeof error };
  const [first, ...causes] = chain;
  return causes.length > 0 ? { ...first, causes } : { ...first };
}

function codeOf(error: Error): string | undefined {
  const code: unknown = 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[A-Z0-9_]{1,64}$/u.test(code) ? code : undefined;
}

function framesOf(error: Error): string[] {
  const lines = (error.stack ?? '').split('\n');
  return lines
    .filter((line) => /^\s+at /u.test(line))
    .slice(0, 8)
    .map((line) => line.trim());
}
