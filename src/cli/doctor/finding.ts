import { type ErrorCode, toAppError } from '../../base/errors.ts';
import type { Terminal } from '../command.ts';

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

const TONES = { ok: undefined, warn: 'warning', fail: 'bad' } as const;

/** Each finding on a line, and below it what to do. */
export function printFindings(terminal: Terminal, findings: readonly Finding[]): void {
  const width = Math.max(...findings.map(({ check }) => check.length));
  for (const { level, check, found, advice } of findings) {
    terminal.print(`${level.padEnd(4)}  ${check.padEnd(width)}  ${found}`, TONES[level]);
    if (advice !== null) terminal.print(`${' '.repeat(6 + width)}  -> ${advice}`);
  }
}
