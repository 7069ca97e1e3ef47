import { describe, expect, it } from 'vitest';
import { drawClicks } from '../../../bench/click/picture.ts';
import {
  callName,
  middleOf,
  type TimeLine,
  wavesAfter,
  wavesOfRows,
} from '../../../bench/click/time-line.ts';

const call = (path: string, startedAtMs: number, ms: number) => ({
  ...{ method: 'POST', path, actingAs: 'mira', status: 200 },
  ...{ startedAtMs, ms },
});
const CALLS = [
  call('/api/v1/auth/access_token', 1000, 300),
  call('/api/v1/entity/HumanUser/_search', 1310, 300),
  call('/api/v1/entity/versions/_search', 1310, 300),
];
const line = (changes: Partial<TimeLine> = {}): TimeLine => ({
  ...{ clickMs: 950, backMs: null, codeMs: 1200, rowsMs: 1650, calls: CALLS },
  spans: CALLS.map(({ path, startedAtMs, ms }) => ({
    ...{ lane: 'site', name: path, startMs: startedAtMs, endMs: startedAtMs + ms },
  })),
  ...changes,
});

describe('the time line of a click', () => {
  it('counts the waves that the rows waited for, and those of them that began after the code was there', () => {
    expect(wavesAfter(950, line())).toBe(2);
    expect(wavesAfter(1200, line())).toBe(1);
    expect(wavesAfter(1311, line())).toBe(0);
  });

  it('counts no call that ended after the rows were shown, or that is still under way', () => {
    expect(wavesAfter(950, line({ rowsMs: 1500 }))).toBe(1);
    expect(wavesAfter(950, line({ calls: [{ ...call('/x', 1000, 0), status: 0 }] }))).toBe(0);
  });

  it('counts the waves until the rows were read, and not what is made ready beside them', () => {
    const rows = call('/api/v1/entity/versions/_search', 1000, 300);
    const calls = [rows, ...CALLS.slice(0, 2)];
    expect(wavesAfter(950, line({ calls }))).toBe(2);
    expect(wavesOfRows(950, line({ calls }))).toBe(1);
    expect(wavesOfRows(950, line())).toBe(2);
  });

  it('is shown by the click that took neither long nor short', () => {
    const middle = line({ rowsMs: 1700 });
    expect(middleOf([line({ rowsMs: 2500 }), middle, line()])).toBe(middle);
    expect(middleOf([])).toBeUndefined();
  });

  it('names calls as people know them', () => {
    expect(CALLS.map(callName)).toEqual(['token', 'who it is', 'versions/_search']);
  });

  it('is drawn as one picture with a bar for each span, and with no markup from a name', () => {
    const spans = [{ lane: 'page', name: '/ami/<b>&', startMs: 960, endMs: 990 } as const, ...line().spans];
    const svg = drawClicks([
      { title: 'signed in', line: line({ spans }) },
      { title: 'with sign-in', line: line() },
    ]);
    expect(svg.match(/rx="2"/gu)).toHaveLength(7);
    expect(svg).toContain('signed in: code after 250 ms, rows after 700 ms');
    expect(svg).toContain('/ami/&lt;b>&amp;, 30 ms');
    expect(svg.trim().startsWith('<svg ') && svg.trim().endsWith('</svg>')).toBe(true);
  });

  it('leaves out what had ended before the click, or began after the rows were shown', () => {
    const spans = [
      { lane: 'code', name: 'before', startMs: 100, endMs: 200 },
      { lane: 'code', name: 'after', startMs: 1651, endMs: 1700 },
    ] as const;
    expect(drawClicks([{ title: 'x', line: line({ spans }) }])).not.toContain('rx="2"');
  });
});
