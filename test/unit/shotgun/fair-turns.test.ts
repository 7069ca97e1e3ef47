import { setImmediate as immediate } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FairTurns, type WaitChange } from '../../../src/shotgun/wire/fair-turns.ts';

const calm = (): Promise<void> => immediate();

/** Turns whose calls end when the test says, by a clock of the test. */
function openTurns({ most, mostOfOne = most }: { readonly most: number; readonly mostOfOne?: number }) {
  const seen = { waits: [] as WaitChange[], begun: [] as string[] };
  let nowMs = 0;
  const turns = new FairTurns({
    ...{ most, mostOfOne, now: () => nowMs },
    onWaiting: (change) => void seen.waits.push(change),
  });
  const running: { readonly of: string; readonly end: () => void }[] = [];
  const ask = (of: string, { isBounded = true, signal = new AbortController().signal } = {}): Promise<void> =>
    turns.run(
      { of, isBounded },
      signal,
      () =>
        new Promise<void>((resolve) => {
          seen.begun.push(of);
          running.push({ of, end: resolve });
        }),
    );
  return {
    ...{ seen, running, ask },
    pass: (ms: number) => void (nowMs += ms),
    /** Ends the oldest call that is under way, of somebody or of anybody. */
    async endOne(of?: string) {
      const [call] = running.splice(
        Math.max(
          0,
          running.findIndex((each) => each.of === of),
        ),
        1,
      );
      call?.end();
      await calm();
    },
  };
}

describe('the turns of calls', () => {
  it('let 99 other people go before the next calls of a person whose wide page holds the connections', async () => {
    const { ask, endOne, pass, seen } = openTurns({ most: 2 });
    const wide = Array.from({ length: 20 }, () => ask('wide'));
    const others = Array.from({ length: 99 }, (_, index) => ask(`other ${index}`));
    await calm();
    for (let ended = 0; ended < 119; ended += 1) {
      pass(300);
      await endOne();
    }
    await Promise.all([...wide, ...others]);
    // Two were under way when the others came; the rest waited for all of them.
    expect(seen.begun.slice(0, 2)).toEqual(['wide', 'wide']);
    expect(new Set(seen.begun.slice(2, 101)).size).toBe(99);
    expect(seen.begun.slice(101)).toEqual(Array.from({ length: 18 }, () => 'wide'));
  });

  it('go by the time that calls took, not by their number', async () => {
    const { ask, endOne, pass, seen } = openTurns({ most: 1 });
    const asked = [ask('slow'), ask('slow'), ask('quick'), ask('quick'), ask('quick'), ask('quick')];
    await calm();
    pass(3000);
    await endOne();
    for (let ended = 0; ended < 4; ended += 1) {
      pass(100);
      await endOne();
    }
    await endOne();
    await Promise.all(asked);
    expect(seen.begun).toEqual(['slow', 'quick', 'quick', 'quick', 'quick', 'slow']);
  });

  it('do not count calls of long ago', async () => {
    const { ask, endOne, pass, seen } = openTurns({ most: 1 });
    const first = ask('slow');
    await calm();
    pass(3_600_000);
    const asked = [first, ask('quick'), ask('slow'), ...Array.from({ length: 30 }, () => ask('quick'))];
    for (let ended = 0; ended < 32; ended += 1) {
      await endOne();
      pass(300);
    }
    await endOne();
    await Promise.all(asked);
    // Five seconds of calls, and not an hour of them.
    expect(seen.begun.lastIndexOf('slow')).toBeLessThan(25);
  });

  it('keep a person within their share, and do not count the calls that others wait for', async () => {
    const { ask, endOne, seen } = openTurns({ most: 4, mostOfOne: 2 });
    const asked = [ask('mira'), ask('mira'), ask('mira'), ask('mira', { isBounded: false }), ask('joao')];
    await calm();
    expect(seen.begun).toEqual(['mira', 'mira', 'mira', 'joao']);
    expect(seen.waits).toEqual([{ calls: 1, people: 1 }]);
    for (let ended = 0; ended < 5; ended += 1) await endOne();
    await Promise.all(asked);
    expect(seen.waits[1]).toEqual({ calls: -1, people: -1, waited: { ms: 0, behind: 'own' } });
  });

  it('report whether a person waited for others', async () => {
    const { ask, endOne, pass, seen } = openTurns({ most: 1 });
    const asked = [ask('mira'), ask('joao')];
    await calm();
    pass(200);
    for (let ended = 0; ended < 2; ended += 1) await endOne();
    await Promise.all(asked);
    expect(seen.waits[1]).toEqual({ calls: -1, people: -1, waited: { ms: 200, behind: 'others' } });
  });

  it('never run a call that was given up while it waited', async () => {
    const { ask, endOne, seen } = openTurns({ most: 1 });
    const leaving = new AbortController();
    const first = ask('mira');
    const left = ask('joao', { signal: leaving.signal });
    leaving.abort();
    await expect(left).rejects.toMatchObject({ code: 'CLIENT_LEFT' });
    await endOne();
    await first;
    expect(seen.begun).toEqual(['mira']);
    expect(seen.waits.reduce((sum, { calls }) => sum + calls, 0)).toBe(0);
  });

  it('serve any order of calls within both limits, and leave no place free while a call may run', async () => {
    const step = fc.oneof(
      fc.record({ of: fc.constantFrom('a', 'b', 'c'), isBounded: fc.boolean(), leaves: fc.boolean() }),
      fc.constant('end' as const),
    );
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 3 }), fc.array(step), hold),
      { numRuns: 200 },
    );
  });
});

type Step = 'end' | { readonly of: string; readonly isBounded: boolean; readonly leaves: boolean };

async function hold(most: number, mostOfOne: number, steps: readonly Step[]): Promise<void> {
  const waits: WaitChange[] = [];
  const turns = new FairTurns({ most, mostOfOne, onWaiting: (change) => void waits.push(change) });
  const running: { readonly of: string; readonly isBounded: boolean; readonly end: () => void }[] = [];
  const asked: Promise<unknown>[] = [];
  let waiting: { readonly of: string; readonly isBounded: boolean }[] = [];
  for (const step of steps) {
    if (step === 'end') running.shift()?.end();
    else {
      const leaving = new AbortController();
      waiting.push(step);
      const begin = (): Promise<void> => {
        waiting = waiting.filter((each) => each !== step);
        return new Promise((end) => running.push({ ...step, end }));
      };
      asked.push(turns.run(step, leaving.signal, begin).catch(() => undefined));
      await calm();
      if (step.leaves && waiting.includes(step)) {
        leaving.abort();
        waiting = waiting.filter((each) => each !== step);
      }
    }
    await calm();
    const boundedOf = (of: string) => running.filter((each) => each.of === of && each.isBounded).length;
    expect(running.length).toBeLessThanOrEqual(most);
    for (const of of ['a', 'b', 'c']) expect(boundedOf(of)).toBeLessThanOrEqual(mostOfOne);
    const mayGo = waiting.filter(({ of, isBounded }) => !isBounded || boundedOf(of) < mostOfOne);
    expect(mayGo.length === 0 || running.length === most).toBe(true);
  }
  while (running.length > 0) {
    running.shift()?.end();
    await calm();
  }
  await Promise.all(asked);
  expect(waits.reduce((sum, { calls }) => sum + calls, 0)).toBe(0);
  expect(waits.reduce((sum, { people }) => sum + people, 0)).toBe(0);
}
