import { describe, expect, it } from 'vitest';
import { proofOf } from '../../../bench/least.ts';
import type { EarlierSearch, LaterRead } from '../../support/least.ts';

const search = (changes: Partial<EarlierSearch> = {}): EarlierSearch => ({
  ...{ path: 'sg_versions.Version.', isSorted: false, found: 70, needed: 10, covers: true },
  ...changes,
});
const read = (type: string, wave: number, source: string, earlier: readonly EarlierSearch[]): LaterRead => ({
  ...{ type, wave, source, earlier },
});

describe('the least waves of a page', () => {
  it('are one where nothing has to wait', () => {
    expect(proofOf([])).toEqual({ least: 1, bets: [] });
  });

  it('are one more for each read whose rows no earlier search finds', () => {
    const reads = [
      read('HumanUser', 3, 'Task.task_assignees', []),
      read('Task', 2, 'Version.sg_task', [search({ covers: false })]),
    ];
    expect(proofOf(reads)).toEqual({ least: 3, bets: [] });
  });

  it('are fewer by a search that finds all rows earlier, which is worth it only in the order of the page', () => {
    const people = read('HumanUser', 3, 'Task.task_assignees', []);
    const unsorted = proofOf([read('Task', 2, 'Version.sg_task', [search()]), people]);
    expect(unsorted.least).toBe(2);
    expect(unsorted.bets).toEqual([
      {
        told: 'Task by sg_versions.Version.: 70 rows for 10, in no order, so a page of them need not hold those that are shown',
        isWorthIt: false,
      },
    ]);
    const sorted = proofOf([read('Task', 2, 'Version.sg_task', [search({ isSorted: true })])]);
    expect(sorted.bets.map(({ isWorthIt }) => isWorthIt)).toEqual([true]);
  });
});
