import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/base/errors.ts';
import { createLogger, logSettings } from '../../../src/base/logger.ts';

/** The line of an unexpected error, whose message and cause quote something of a request. */
function lineIn(environment: 'development' | 'production'): string {
  const lines: string[] = [];
  const settings = logSettings({ logLevel: 'info', environment });
  const logger = createLogger({ ...settings, write: (line) => lines.push(line) });
  const cause = new TypeError('canary-message: rows is not iterable');
  logger.error('graphql.error', { error: new AppError('INTERNAL', { cause }) });
  return lines.join('');
}

describe('the log line of an unexpected error', () => {
  it('has the original message in development', () => {
    expect(lineIn('development')).toContain('canary-message: rows is not iterable');
  });

  it('has no message in production, where it may quote a secret', () => {
    const line = lineIn('production');
    expect(line).not.toContain('canary-message');
    expect(line).toContain('"name":"TypeError"');
  });
});
