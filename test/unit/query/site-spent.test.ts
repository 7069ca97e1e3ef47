import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { spentOf } from '../../../src/query/calls/call-log.ts';

const NOW = 200;
const call = fc
  .record({
    asked: fc.nat(60),
    waited: fc.nat(60),
    took: fc.nat(60),
    state: fc.nat(3),
    isJoined: fc.boolean(),
  })
  .map(({ asked, waited, took, state, isJoined }) => {
    const [beganAtMs, endedAtMs] = [asked + waited, asked + waited + took];
    const isSent = state < 2;
    const isOver = state % 2 === 0;
    const overAtMs = isSent ? endedAtMs : beganAtMs;
    return {
      askedAtMs: asked,
      beganAtMs: isSent ? beganAtMs : null,
      endedAtMs: isOver ? overAtMs : null,
      ...(isJoined && { isJoined }),
    };
  });

describe('the time that a request spent at the site', () => {
  it('is each millisecond in which a call was under way, and separately each in which calls only waited', () => {
    fc.assert(
      fc.property(fc.array(call, { maxLength: 12 }), (calls) => {
        const ticks = Array.from({ length: NOW }, (_, tick) => tick + 0.5);
        const isAtSite = (tick: number) =>
          calls.some(
            ({ beganAtMs, endedAtMs }) =>
              beganAtMs !== null && beganAtMs < tick && (endedAtMs === null || tick < endedAtMs),
          );
        const isWaiting = (tick: number) =>
          calls.some(({ askedAtMs, beganAtMs, endedAtMs }) => {
            const until = beganAtMs ?? endedAtMs;
            return askedAtMs < tick && (until === null || tick < until);
          });
        const joined = calls.filter(({ isJoined }) => isJoined === true);
        expect(spentOf(calls, NOW)).toEqual({
          siteCalls: calls.filter(({ beganAtMs, isJoined }) => beganAtMs !== null && isJoined !== true)
            .length,
          ...(joined.length > 0 && { joinedCalls: joined.length }),
          siteMs: ticks.filter((tick) => isAtSite(tick)).length,
          waitedMs: ticks.filter((tick) => isWaiting(tick) && !isAtSite(tick)).length,
        });
      }),
    );
  });
});
