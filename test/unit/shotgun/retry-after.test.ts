import { describe, expect, it } from 'vitest';
import { retryAfterMs } from '../../../src/shotgun/wire/retry-after.ts';

const NOW = Date.parse('Mon, 30 Nov 2026 10:00:00 GMT');

describe('Retry-After', () => {
  it.each<[string, Record<string, string>, number | undefined]>([
    ['in seconds', { 'retry-after': '10' }, 10_000],
    ['as a date, by our clock', { 'retry-after': 'Mon, 30 Nov 2026 10:00:30 GMT' }, 30_000],
    [
      'as a date, by the clock of the answer',
      { 'retry-after': 'Mon, 30 Nov 2026 12:00:30 GMT', date: 'Mon, 30 Nov 2026 12:00:00 GMT' },
      30_000,
    ],
    ['of at most an hour', { 'retry-after': '999999999999999999999' }, 3_600_000],
    ['of a time that is over', { 'retry-after': 'Mon, 30 Nov 2026 09:00:00 GMT' }, undefined],
    ['of no time', { 'retry-after': '0' }, undefined],
    ['in words', { 'retry-after': 'later' }, undefined],
    ['as a negative number', { 'retry-after': '-5' }, undefined],
    ['without the header', {}, undefined],
  ])('is read %s', (_, headers, expected) => {
    expect(retryAfterMs(headers, NOW)).toBe(expected);
  });
});
