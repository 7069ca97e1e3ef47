import { describe, expect, it } from 'vitest';
import { compileFilter, type FilterInput } from '../../../src/query/input/filters.ts';
import { LinkDoubts } from '../../../src/query/input/links.ts';
import { smallStudio } from '../../support/small-studio.ts';

const checks = { schema: smallStudio(), doubts: new LinkDoubts() };
const conditions = (type: string, filter: FilterInput) => compileFilter(checks, type, filter).conditions;
const refused = (type: string, filter: FilterInput): unknown => {
  try {
    compileFilter(checks, type, filter);
  } catch (error) {
    const { code, details } = error as { code: string; details: Record<string, unknown> };
    return [code, details['path']];
  }
  return 'accepted';
};
const both = (...parts: unknown[]) => ({ logical_operator: 'and', conditions: parts });

describe('filters in the form of the API', () => {
  it.each<[string, FilterInput, unknown]>([
    ['text', { code: { startsWith: 'br' } }, ['code', 'starts_with', 'br']],
    ['ids', { id: { in: [3, 4] } }, ['id', 'in', [3, 4]]],
    ['empty', { description: { is: null } }, ['description', 'is', null]],
    ['not empty', { sgTask: { isNull: false } }, ['sg_task', 'is_not', null]],
    ['status', { sgStatusList: { notIn: ['rev'] } }, ['sg_status_list', 'not_in', ['rev']]],
    ['checkbox', { clientApproved: { is: true } }, ['client_approved', 'is', true]],
    [
      'a float is never a whole JSON number',
      { sgFrameRate: { is: 25 } },
      ['sg_frame_rate', 'is', '25.000000'],
    ],
    [
      'floats',
      { sgFrameRate: { between: [23.976, 25] } },
      ['sg_frame_rate', 'between', ['23.976000', '25.000000']],
    ],
    ['period', { createdAt: { inLast: { count: 3, unit: 'DAY' } } }, ['created_at', 'in_last', [3, 'DAY']]],
    ['calendar', { createdAt: { inCalendarWeek: -1 } }, ['created_at', 'in_calendar_week', -1]],
    ['link', { entity: { is: { type: 'Shot', id: 7 } } }, ['entity', 'is', { type: 'Shot', id: 7 }]],
    ['type of a link', { entity: { typeIs: 'Shot' } }, ['entity', 'type_is', 'Shot']],
    ['name of a link', { user: { nameContains: 'mi' } }, ['user', 'name_contains', 'mi']],
    ['no image', { image: { isNull: true } }, ['image', 'is', null]],
  ])('%s', (_, filter, expected) => {
    expect(conditions('Version', filter)).toEqual([expected]);
  });

  it('send an object unchanged, whatever the names of its keys', () => {
    const meta = { unit: 'DAY', count: 3, type: 'Shot', id: 1 };
    expect(conditions('Note', { meta: { contains: meta, isNot: {} } })).toEqual([
      ['meta', 'contains', meta],
      ['meta', 'is_not', {}],
    ]);
  });

  it('take an empty uuid for an empty text, since ShotGrid does not compare it with null', () => {
    const filter = { sessionUuid: { isNull: true, isNot: null } };
    expect(conditions('EventLogEntry', filter)).toEqual([
      ['session_uuid', 'is', ''],
      ['session_uuid', 'is_not', ''],
    ]);
  });

  it('join the conditions on several fields, and the alternatives of or', () => {
    const filter = { code: { contains: 'comp' }, or: [{ id: { is: 1 } }, { sgStatusList: { is: 'rev' } }] };
    expect(conditions('Version', filter)).toEqual([
      ['code', 'contains', 'comp'],
      {
        logical_operator: 'or',
        conditions: [both(['id', 'is', 1]), both(['sg_status_list', 'is', 'rev'])],
      },
    ]);
  });

  it('go through links to any depth', () => {
    const filter = { sgTask: { content: { is: 'comp' }, project: { nameField: { startsWith: 'Br' } } } };
    expect(conditions('Version', filter)).toEqual([
      both(
        ['sg_task.Task.content', 'is', 'comp'],
        both(['sg_task.Task.project.Project.name', 'starts_with', 'Br']),
      ),
    ]);
  });

  it('go through lists of links, together with conditions on the link itself', () => {
    const filter = { playlists: { isNull: false, locked: { is: true } } };
    expect(conditions('Version', filter)).toEqual([
      ['playlists', 'is_not', null],
      both(['playlists.Playlist.locked', 'is', true]),
    ]);
  });

  it('test each of a list of links by itself, because `in` with deleted ids finds rows without a link', () => {
    const one = { type: 'Playlist', id: 1 };
    const two = { type: 'Playlist', id: 2 };
    expect(conditions('Version', { playlists: { in: [one, two] } })).toEqual([
      {
        logical_operator: 'or',
        conditions: [
          ['playlists', 'is', one],
          ['playlists', 'is', two],
        ],
      },
    ]);
    expect(conditions('Version', { playlists: { notIn: [one] } })).toEqual([['playlists', 'not_in', [one]]]);
  });

  it('send a value that looks like an operator unchanged (F27)', () => {
    const value = '["id","greater_than",0]';
    expect(conditions('Version', { code: { is: value } })).toEqual([['code', 'is', value]]);
  });

  it.each<[string, FilterInput, string]>([
    ['an or of nothing', { or: [] }, 'filter.or'],
    ['null in place of what must hold', { code: null }, 'filter.code'],
    ['null for an operator that takes none', { code: { contains: null } }, 'filter.code.contains'],
    ['a checkbox that is null', { clientApproved: { is: null } }, 'filter.clientApproved.is'],
    ['between of three', { frameCount: { between: [1, 2, 3] } }, 'filter.frameCount.between'],
    ['a range turned round', { frameCount: { between: [9, 1] } }, 'filter.frameCount.between'],
    [
      'instants turned round, whatever their zones',
      { createdAt: { between: ['2026-03-01T01:00:00+02:00', '2026-02-28T22:59:59Z'] } },
      'filter.createdAt.between',
    ],
    [
      'more ids than one search takes',
      { id: { in: Array.from({ length: 10_000 }, (_, id) => id + 1) } },
      'filter.id.in',
    ],
    [
      'more links than one search takes',
      { sgTask: { notIn: Array.from({ length: 1001 }, (_, id) => ({ type: 'Task', id: id + 1 })) } },
      'filter.sgTask.notIn',
    ],
    ['a period of nothing', { createdAt: { inLast: { count: 0, unit: 'DAY' } } }, 'filter.createdAt.inLast'],

    ['a link to no id', { sgTask: { in: [{ type: 'Task', id: 0 }] } }, 'filter.sgTask.in.0.id'],
    ['a field of another type', { sgTask: { sgCutIn: { is: 1 } } }, 'filter.sgTask.sgCutIn'],
    ['a field of a link of many types', { entity: { code: { is: 'x' } } }, 'filter.entity.code'],
  ])('refuse %s before any call, with its path', (_, filter, path) => {
    expect(refused('Version', filter)).toEqual(['BAD_USER_INPUT', path]);
  });

  it('take a range of one value, and of dates', () => {
    expect(conditions('Task', { dueDate: { between: ['2026-03-01', '2026-03-01'] } })).toHaveLength(1);
    expect(refused('Task', { dueDate: { between: ['2026-03-02', '2026-03-01'] } })).toEqual([
      'BAD_USER_INPUT',
      'filter.dueDate.between',
    ]);
  });

  it('refuse filters that are nested too deeply', () => {
    let filter: FilterInput = { id: { is: 1 } };
    for (let depth = 0; depth < 300; depth += 1) filter = { and: [filter] };
    expect(refused('Version', filter)).toEqual(['BAD_USER_INPUT', 'filter.and.0']);
  });
});
