import { beforeEach, describe, expect, it } from 'vitest';
import { createLogger } from '../../../src/base/logger.ts';
import { clockFinding, type ClockWatch, createClockWatch } from '../../../src/launch/clock-watch.ts';

const SECOND_MS = 1000;
const HOUR_MS = 3_600_000;

let nowMs: number;
let told: number[];
let lines: string[];
let watch: ClockWatch;

beforeEach(() => {
  nowMs = 1_800_000_000_000;
  told = [];
  lines = [];
  watch = createClockWatch({
    clock: { now: () => nowMs },
    logger: createLogger({ level: 'info', write: (line) => lines.push(line) }),
    onSkew: (seconds) => told.push(seconds),
  });
});

const refused = (...agesMs: readonly number[]): void => {
  for (const ageMs of agesMs) watch.saw({ signedAtMs: nowMs - ageMs, isFresh: false });
};

describe('launches that are refused for their age', () => {
  it('of very different ages come from pages that were left open, not from a wrong clock', () => {
    refused(1 * HOUR_MS, 2 * HOUR_MS, 3 * HOUR_MS, 5 * HOUR_MS, 8 * HOUR_MS, 9 * HOUR_MS);
    expect([watch.skewSeconds(), told, lines]).toEqual([undefined, [], []]);
  });

  it('of one age come from a wrong clock, also with a page that was left open among them', () => {
    refused(5 * HOUR_MS, ...[120, 121, 124, 122, 123].map((seconds) => seconds * SECOND_MS));
    expect(watch.skewSeconds()).toBe(123);
    expect(told).toEqual([123]);
  });

  it('are reported again whenever the seconds change, and logged at the beginning and the end', () => {
    refused(...[120, 121, 122, 123, 124].map((seconds) => seconds * SECOND_MS));
    refused(...[125, 126].map((seconds) => seconds * SECOND_MS));
    watch.saw({ signedAtMs: nowMs, isFresh: true });
    expect(told).toEqual([122, 123, 0]);
    expect(lines).toHaveLength(2);
  });

  it('are forgotten after a while, by the metric and the log as by readiness', () => {
    refused(...[120, 121, 122, 123, 124].map((seconds) => seconds * SECOND_MS));
    nowMs += HOUR_MS;
    expect(clockFinding(watch)).toEqual({});
    expect(told).toEqual([122, 0]);
    expect(lines.at(-1)).toContain('clock.right_again');
  });
});
