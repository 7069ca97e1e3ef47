import { setImmediate as immediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { BesideRead } from '../../../src/query/plan/beside-reads.ts';
import { planRead } from '../../../src/query/plan/planning.ts';
import { BetBook, type BetOutcome } from '../../../src/query/read/bets.ts';
import { selectionOf } from '../../support/asked-selection.ts';
import { PLAN } from '../../support/plan-settings.ts';
import { smallStudio } from '../../support/small-studio.ts';

const schema = smallStudio();
const plan = planRead(schema, 'Sequence', selectionOf({ code: true }), PLAN);
const READ: BesideRead = {
  type: 'Shot',
  fields: new Set(['code']),
  filter: { logical_operator: 'and', conditions: [] },
  sort: undefined,
  maxRows: 10,
  links: [{ field: 'shots', type: 'Shot' }],
  key: 'ids sg_sequence.Sequence.',
};

/** When the rows of the bet were needed, and when they came, after its begin. */
interface Times {
  readonly neededMs: number;
  readonly cameMs: number;
}

/** A bet that found these rows, after reads that wanted others. */
async function betOn(
  found: readonly number[],
  reads: readonly (readonly [number[], boolean])[],
  { neededMs, cameMs }: Times = { neededMs: 300, cameMs: 310 },
) {
  let nowMs = 1000;
  let come = (_rows: readonly number[]): void => undefined;
  const rows = new Promise<readonly number[]>((resolve) => {
    come = resolve;
  });
  const bet = new BetBook(undefined, () => nowMs).begin(READ, rows);
  const at = async (ms: number, what: () => unknown): Promise<void> => {
    nowMs = 1000 + ms;
    what();
    await immediate();
  };
  const need = () => at(neededMs, () => void bet.ready());
  if (neededMs < cameMs) await need();
  await at(cameMs, () => come(found));
  if (neededMs >= cameMs) await need();
  await at(100_000, () => undefined);
  for (const [wanted, isAllKnown] of reads) bet.note(new Set(wanted), isAllKnown);
  return bet;
}

describe('a search beside the parents', () => {
  it.each<[BetOutcome, string, number[], [number[], boolean][]]>([
    ['paid', 'rows that it brought are all that is wanted', [1, 2, 3], [[[1, 2], true]]],
    ['missed', 'a row is left to read', [1, 2, 3], [[[1, 4], false]]],
    ['unused', 'no row is wanted', [1, 2, 3], [[[], true]]],
    ['unused', 'other searches brought what is wanted', [1], [[[7], true]]],
    ['unused', 'nothing is read', [], []],
    [
      'paid',
      'a read elsewhere needs other rows of the type',
      [1],
      [
        [[1], true],
        [[9], false],
      ],
    ],
  ])('has %s where %s', async (outcome, _, found, reads) => {
    expect((await betOn(found, reads)).outcome).toBe(outcome);
  });

  it('is no longer made for its plan after four misses in a row, and is tried again now and then', async () => {
    const told: BetOutcome[] = [];
    const book = new BetBook((outcome) => told.push(outcome));
    const [missed, paid] = [await betOn([], [[[1], false]]), await betOn([1], [[[1], true]])];
    for (const bet of [missed, missed, missed, paid, missed, missed, missed]) book.settle(plan, bet);
    expect(book.isMade(plan, READ)).toBe(true);
    book.settle(plan, missed);
    expect(told.filter((outcome) => outcome === 'given_up')).toHaveLength(1);
    const tries = Array.from({ length: 32 }, () => book.isMade(plan, READ));
    expect(tries.flatMap((isMade, index) => (isMade ? [index] : []))).toEqual([15, 31]);
    const other = planRead(schema, 'Sequence', selectionOf({ code: true }), PLAN);
    expect(book.isMade(other, READ)).toBe(true);
    expect(book.isMade(plan, { ...READ, key: 'another' })).toBe(true);
    book.settle(plan, paid);
    expect(book.isMade(plan, READ)).toBe(true);
  });

  it.each<[BetOutcome, string, Times]>([
    ['paid', 'came before its rows were needed', { neededMs: 300, cameMs: 200 }],
    ['paid', 'came as long after them as a search would have taken', { neededMs: 300, cameMs: 600 }],
    ['slow', 'came later than that', { neededMs: 300, cameMs: 601 }],
    ['paid', 'came later than that and nobody could notice', { neededMs: 5, cameMs: 105 }],
    ['slow', 'could be noticed', { neededMs: 5, cameMs: 106 }],
  ])('has %s where it %s', async (outcome, _, times) => {
    expect((await betOn([1], [[[1], true]], times)).outcome).toBe(outcome);
  });

  it('has missed, and is not only slow, where a row is left to read', async () => {
    expect((await betOn([1], [[[1, 2], false]], { neededMs: 300, cameMs: 900 })).outcome).toBe('missed');
  });

  it('is given up for its plan after it was slow four times in a row, and kept where it paid in between', async () => {
    const told: BetOutcome[] = [];
    const book = new BetBook((outcome) => told.push(outcome));
    const slow = await betOn([1], [[[1], true]], { neededMs: 300, cameMs: 900 });
    const paid = await betOn([1], [[[1], true]]);
    for (const bet of [slow, slow, slow, paid, slow, slow, slow]) book.settle(plan, bet);
    expect(book.isMade(plan, READ)).toBe(true);
    book.settle(plan, slow);
    expect(book.isMade(plan, READ)).toBe(false);
    expect(told.slice(-2)).toEqual(['slow', 'given_up']);
  });

  it('is no longer made after sixteen times without use, since lists may be empty for a while', async () => {
    const book = new BetBook();
    const unused = await betOn([], []);
    for (let count = 0; count < 15; count += 1) book.settle(plan, unused);
    expect(book.isMade(plan, READ)).toBe(true);
    book.settle(plan, unused);
    expect(book.isMade(plan, READ)).toBe(false);
  });
});
