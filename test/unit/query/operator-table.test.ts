import { describe, expect, it } from 'vitest';
import { pushDown } from '../../../src/query/plan/push-down.ts';
import { type Operator, operatorRow, OPERATORS } from '../../../src/site/data-types/operators.ts';

const NAMES = Object.keys(OPERATORS) as Operator[];
const OF_A_VERSION = ['entity', 'is', { type: 'Version', id: 1 }] as const;

describe('The table of operators', () => {
  it('gives each operator its own relation, except the test for an empty field', () => {
    const relations = NAMES.filter((name) => name !== 'isNull').map((name) => operatorRow(name).relation);
    expect(new Set(relations).size).toBe(relations.length);
  });

  it('never applies a negation row by row: one of several linked rows does not decide for all', () => {
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
