import { describe, expect, it } from 'vitest';
import { isNarrow, pushDown } from '../../../src/query/plan/push-down.ts';
import type { FilterGroup } from '../../../src/shotgun/port/requests.ts';

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

describe('a filter on parents, rewritten for their linked rows', () => {
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
    ...(
      [
        ['in_last', [7, 'DAY']],
        ['in_last', [48, 'HOUR']],
        ['in_calendar_day', 0],
        ['in_calendar_week', -1],
        ['between', ['2026-04-24T00:00:00Z', '2026-04-28T00:00:00Z']],
      ] as const
    ).map(([relation, value]): [string, FilterGroup, FilterGroup | null] => [
      `keeps the project of some days: ${relation} ${JSON.stringify(value)}`,
      and(['project', 'is', PROJECT], ['created_at', relation, value]),
      and(
        ['versions.Version.project.Project.id', 'in', [1]],
        ['versions.Version.created_at', relation, value],
      ),
    ]),
    ...(
      [
        ['in_last', [3, 'MONTH']],
        ['in_last', [90, 'DAY']],
        ['between', ['2026-01-01', '2026-04-28']],
        ['between', [1, 5]],
        ['greater_than', '2026-04-24'],
      ] as const
    ).map(([relation, value]): [string, FilterGroup, FilterGroup | null] => [
      `is nothing for a project of more than some days: ${relation} ${JSON.stringify(value)}`,
      and(['project', 'is', PROJECT], ['created_at', relation, value]),
      null,
    ]),
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
    expect(isNarrow(filter) ? pushDown(filter, 'versions.Version.') : null).toEqual(pushed);
  });

  it('includes the project too, which has many rows', () => {
    expect(pushDown(and(['project', 'is', PROJECT]), 'versions.Version.')).toEqual(
      and(['versions.Version.project.Project.id', 'in', [1]]),
    );
  });
});
