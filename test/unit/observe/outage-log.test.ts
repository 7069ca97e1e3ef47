import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../src/base/errors.ts';
import { createLogger } from '../../../src/base/logger.ts';
import { createOutageLog, type OutageLog } from '../../../src/observe/outage-log.ts';

interface Line {
  readonly level: string;
  readonly event: string;
  readonly code: string;
  readonly upstream?: string;
  readonly operation?: string;
  readonly count: number;
  readonly requestId?: string;
}

const open: OutageLog[] = [];
afterEach(() => {
  for (const log of open.splice(0)) log.close();
});

function start(everyMs?: number) {
  const texts: string[] = [];
  const logger = createLogger({ level: 'info', write: (line) => texts.push(line) });
  const log = createOutageLog(logger, everyMs);
  open.push(log);
  return { log, lines: (): Line[] => texts.map((text) => JSON.parse(text) as Line) };
}

const searchFailed = () => new AppError('UPSTREAM_UNAVAILABLE', { operation: 'search' });

describe('the lines about an outage', () => {
  it('are one at its first error, with the request, and one when the server stops with the number of the others', () => {
    const { log, lines } = start();
    for (let request = 1; request <= 500; request += 1) log.note(searchFailed(), `request-${request}`);
    log.close();
    const trouble = { code: 'UPSTREAM_UNAVAILABLE', upstream: 'shotgrid', operation: 'search' };
    expect(lines()).toEqual([
      expect.objectContaining({
        level: 'warn',
        event: 'outage',
        ...trouble,
        count: 1,
        requestId: 'request-1',
      }),
      expect.objectContaining({ level: 'warn', event: 'outage', ...trouble, count: 499 }),
    ]);
  });

  it('count the errors since the line before, and end by themselves once no more come', async () => {
    const { log, lines } = start(20);
    for (let request = 0; request < 7; request += 1) log.note(searchFailed());
    for (let tries = 0; tries < 500 && !lines().some(({ event }) => event === 'outage.over'); tries += 1) {
      await wait(10);
    }
    expect(lines().map(({ event, count }) => [event, count])).toEqual([
      ['outage', 1],
      ['outage', 6],
      ['outage.over', 7],
    ]);
  });

  it('are kept apart by code, upstream and operation', () => {
    const { log, lines } = start();
    const farm = (system: string) => new AppError('SYSTEM_UNAVAILABLE', { details: { system } });
    const errors = [
      searchFailed(),
      new AppError('UPSTREAM_TIMEOUT', { operation: 'search' }),
      new AppError('UPSTREAM_UNAVAILABLE', { operation: 'token' }),
      farm('deadline'),
      farm('tractor'),
      new AppError('IDP_UNAVAILABLE'),
    ];
    for (const error of [...errors, ...errors]) log.note(error);
    expect(lines().map(({ code, upstream, operation }) => [code, upstream, operation])).toEqual([
      ['UPSTREAM_UNAVAILABLE', 'shotgrid', 'search'],
      ['UPSTREAM_TIMEOUT', 'shotgrid', 'search'],
      ['UPSTREAM_UNAVAILABLE', 'shotgrid', 'token'],
      ['SYSTEM_UNAVAILABLE', 'deadline', undefined],
      ['SYSTEM_UNAVAILABLE', 'tractor', undefined],
      ['IDP_UNAVAILABLE', 'idp', undefined],
    ]);
  });

  it('are not written for refusals, mistakes of clients and clients that left', () => {
    const { log, lines } = start();
    for (const code of ['FORBIDDEN', 'BAD_USER_INPUT', 'CLIENT_LEFT', 'RATE_LIMITED', 'INTERNAL'] as const) {
      log.note(new AppError(code));
    }
    log.close();
    expect(lines()).toEqual([]);
  });
});
