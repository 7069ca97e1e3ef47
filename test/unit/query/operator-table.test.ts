import { describe, expect, it } from '@jest/globals';
import { pushDown } from '../../../src/query/plan/push-down.ts';
import { type Operator, operatorRow, OPERATORS } from '../../../src/site/data-types/operators.ts';

const NAMES = Object.keys(OPERATORS) as Operator[];
const OF_A_VERSION = ['entity', 'is', { type: 'Version', id: 1 }] as const;

describe('The table of operators', () => {
  it('has a relation of its own for each, but for the one that asks whether a field is empty', () => {
    const relations = NAMES.filter((name) => name !== 'isNull').map((name) => operatorRow(name).relation);
    expect(new Set(relations).size).toBe(relations.length);
  });

  it('lets no negation be said of single rows: one of several does not speak for all', () => {
    const negations = NAMES.filter((name) => /not/iu.test(name));
    expect(negations).toHaveLength(7);
    expect(negations.filter((name) => operatorRow(name).ofOneRow)).toEqual([]);
  });

  it.each(NAMES)('%s is pushed down exactly where it holds row by row', (name) => {
    const { relation, ofOneRow } = operatorRow(name);
    const pushed = pushDown(
      { logical_operator: 'and', conditions: [OF_A_VERSION, ['code', relation, 'x']] },
      'entity.Shot.',
    );
    const condition = ['entity.Shot.code', relation, 'x'];
    expect(pushed?.conditions.some((part) => JSON.stringify(part) === JSON.stringify(condition))).toBe(
      ofOneRow,
    );
  });
});
