import { describe, expect, it } from 'vitest';
import { goalsTable } from '../../../bench/report/goals.ts';
import { blocksOf, writeBlocks } from '../../../bench/report/write-page.ts';

const cellsOf = (markdown: string): string[][] =>
  markdown
    .split('\n')
    .slice(2)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

describe('the goals of the bench', () => {
  const rowOf = (word: string, ...[figures, node = 20]: Parameters<typeof goalsTable> | [object]) =>
    cellsOf(goalsTable(figures ?? {}, node)).find(([what]) => what?.includes(word));

  it('are ten, and none of them is reached by a run that measured nothing', () => {
    const rows = cellsOf(goalsTable({}, 20));
    expect(rows).toHaveLength(10);
    expect(rows.map(([, , , ...reached]) => reached)).toEqual(
      Array.from({ length: 10 }, () => ['not measured in this run', '-']),
    );
  });

  it('are reached up to the number that they name', () => {
    expect(rowOf('p50 / site', { 'p50 / site': 1.2 })?.slice(-2)).toEqual(['1.2', 'yes']);
    expect(rowOf('p50 / site', { 'p50 / site': 1.21 })?.slice(-2)).toEqual(['1.21', 'no']);
  });

  it('ask for less CPU from Node 24 on', () => {
    const figures = { 'shipped / apollo-sdl': 0.27 };
    expect(rowOf('shipped server', figures, 20)?.slice(-3)).toEqual(['0.3', '0.27', 'yes']);
    expect(rowOf('shipped server', figures, 24)?.slice(-3)).toEqual(['0.25', '0.27', 'no']);
  });

  it('take a stall that is short, or short beside that of a small page', () => {
    const reached = (ratio: number, ms: number) =>
      rowOf('stall', { 'stall of many / of 50': ratio, 'stall of many ms': ms })?.at(-1);
    expect([reached(9, 15), reached(6, 40), reached(9, 40)]).toEqual(['yes', 'yes', 'no']);
  });

  it('take no page for which a bet would pay, and no fewer than fifty', () => {
    const reached = (pages: number, better: number) =>
      rowOf('provable least', {
        ...{ pages, 'pages at the least': pages - 3, 'pages with a better bet': better },
      })?.slice(-2);
    expect(reached(50, 0)).toEqual(['47 of 50 at the least, 3 with a proof', 'yes']);
    expect(reached(50, 1)).toEqual(['47 of 50 at the least, 2 with a proof', 'no']);
    expect(reached(32, 0)?.at(-1)).toBe('no');
  });

  it('are not reached where one figure of several was not measured', () => {
    expect(rowOf('renewal', { 'waves by renewal': 0 })?.at(-1)).toBe('-');
  });
});

const PAGE = `# Costs

<!-- bench: start, Node 20 -->

old 20

<!-- end -->

Between.

<!-- bench: start, Node 24 -->

old 24

<!-- end -->
`;

describe('the page of the bench', () => {
  it('gets the text of its blocks, and keeps the others and all between', () => {
    const written = writeBlocks(PAGE, { 'start, Node 24': 'costs $& and $1', 'crowd, Node 24': 'nowhere' });
    expect(written).toBe(PAGE.replace('old 24', () => 'costs $& and $1'));
    expect(writeBlocks(written, { 'start, Node 24': 'old 24' })).toBe(PAGE);
  });

  it('tells the names of its blocks', () => {
    expect(blocksOf(PAGE)).toEqual(['start, Node 20', 'start, Node 24']);
  });
});
