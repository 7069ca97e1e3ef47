import { describe, expect, it } from '@jest/globals';
import { pushDown } from '../../../src/query/push-down.ts';
import type { FilterGroup } from '../../../src/shotgun/shotgun.ts';

const SHOT = { type: 'Shot', id: 7 };
const PROJECT = { type: 'Project', id: 1 };
const and = (...conditions: FilterGroup['conditions']): FilterGroup => ({
  logical_operator: 'and',
  conditions,
});
const or = (...conditions: FilterGroup['conditions']): FilterGroup => ({
  logical_operator: 'or',
  conditions,
});

describe('the filter of parents, said of what they link to', () => {
  it.each<[string, FilterGroup, FilterGroup | null]>([
    [
      'names the row by its id, for a link at the end of a path is unknown',
      and(['entity', 'is', SHOT]),
      and(['versions.Version.entity.Shot.id', 'in', [7]]),
    ],
    [
      'keeps what is said of plain fields beside it',
      and(['entity', 'in', [SHOT]], ['code', 'contains', 'fx']),
      and(['versions.Version.entity.Shot.id', 'in', [7]], ['versions.Version.code', 'contains', 'fx']),
    ],
    [
      'says each of several types',
      and(['entity', 'in', [SHOT, { type: 'Asset', id: 2 }]]),
      and(
        or(['versions.Version.entity.Shot.id', 'in', [7]], ['versions.Version.entity.Asset.id', 'in', [2]]),
      ),
    ],
    [
      'leaves out what says something of all rows: without it, more is found',
      and(['entity', 'is', SHOT], ['code', 'not_contains', 'fx'], ['user', 'is', null]),
      and(['versions.Version.entity.Shot.id', 'in', [7]]),
    ],
    ['is nothing where only a project is named: its rows are many', and(['project', 'is', PROJECT]), null],
    ['is nothing where no row is named', and(['code', 'contains', 'fx']), null],
    ['is nothing for no filter', and(), null],
    [
      'is nothing where an alternative cannot be said: it would be missing',
      or(['entity', 'is', SHOT], ['user', 'is', null]),
      null,
    ],
    [
      'says alternatives that all name a row',
      or(['entity', 'is', SHOT], ['sg_task', 'is', { type: 'Task', id: 3 }]),
      or(['versions.Version.entity.Shot.id', 'in', [7]], ['versions.Version.sg_task.Task.id', 'in', [3]]),
    ],
  ])('%s', (_, filter, pushed) => {
    expect(pushDown(filter, 'versions.Version.')).toEqual(pushed);
  });
});
