import { describe, expect, it } from 'vitest';
import { besideReads } from '../../../src/query/plan/beside-reads.ts';
import { planRead, printPlan } from '../../../src/query/plan/planning.ts';
import { type Asked, selectionOf } from '../../support/asked-selection.ts';
import { smallStudio } from '../../support/small-studio.ts';
import type { SortKey } from '../../../src/query/ports/ports.ts';
import type { FilterGroup } from '../../../src/shotgun/port/requests.ts';
import { PLAN } from '../../support/plan-settings.ts';

const schema = smallStudio();
const ALL = PLAN;

const plan = (type: string, asked: Asked, options = ALL): string =>
  printPlan(planRead(schema, type, selectionOf(asked), options));

describe('a plan', () => {
  it.each<[string, string, Asked, string]>([
    [
      'scalars and links',
      'Version',
      { code: true, entity: true },
      'Version: cached_display_name, code, entity',
    ],
    [
      'a chain of single links, in the same search',
      'Version',
      { sg_task: { Task: { content: true, due_date: true } } },
      'Version: cached_display_name, code, sg_task, sg_task.Task.content, sg_task.Task.due_date',
    ],
    [
      'a link of several types, a path for each type asked',
      'Version',
      { entity: { Shot: { sg_cut_in: true }, Asset: { sg_is_hero: true } } },
      'Version: cached_display_name, code, entity, entity.Asset.sg_is_hero, entity.Shot.sg_cut_in',
    ],
    [
      'a link at the end of a path, itself and by its id: sites differ',
      'Version',
      { sg_task: { Task: { project: true } } },
      'Version: cached_display_name, code, sg_task, sg_task.Task.project, sg_task.Task.project.Project.id',
    ],
    [
      'its name too, only where it is asked',
      'Version',
      { sg_task: { Task: { project: 'name' } } },
      'Version: cached_display_name, code, sg_task, sg_task.Task.project, sg_task.Task.project.Project.id, sg_task.Task.project.Project.name',
    ],
    [
      'three links deep',
      'Version',
      { sg_task: { Task: { entity: { Shot: { sg_sequence: { Sequence: { code: true } } } } } } },
      'Version: cached_display_name, code, sg_task, sg_task.Task.entity, sg_task.Task.entity.Asset.id, sg_task.Task.entity.Sequence.id, sg_task.Task.entity.Shot.id, sg_task.Task.entity.Shot.sg_sequence, sg_task.Task.entity.Shot.sg_sequence.Sequence.code, sg_task.Task.entity.Shot.sg_sequence.Sequence.id',
    ],
    [
      'a list of links that are only named: nothing',
      'Version',
      { playlists: 'name' },
      'Version: cached_display_name, code, playlists',
    ],
    [
      'a list of links of which more is asked: a search after it',
      'Version',
      { playlists: { Playlist: { code: true, locked: true } } },
      'Version: cached_display_name, code, playlists\n  playlists -> Playlist: cached_display_name, code, locked',
    ],
    [
      'a list of links behind a single link: paths bring the rest of its row',
      'Version',
      { sg_task: { Task: { content: true, task_assignees: { HumanUser: { login: true } } } } },
      'Version: cached_display_name, code, sg_task, sg_task.Task.content\n  sg_task -> Task: cached_display_name, content, task_assignees\n    task_assignees -> HumanUser: login, name',
    ],
    [
      'a list of links behind two single links: the row that has it is read in the first wave after them',
      'Version',
      {
        sg_task: { Task: { due_date: true, entity: { Shot: { assets: { Asset: { sg_is_hero: true } } } } } },
      },
      'Version: cached_display_name, code, sg_task, sg_task.Task.due_date, sg_task.Task.entity, sg_task.Task.entity.Asset.id, sg_task.Task.entity.Sequence.id, sg_task.Task.entity.Shot.id\n  sg_task.Task.entity -> Shot: assets, cached_display_name, code\n    assets -> Asset: cached_display_name, code, sg_is_hero',
    ],
    [
      'a list of links and nothing else behind a single link: its row',
      'Version',
      { sg_task: { Task: { task_assignees: { HumanUser: { login: true } } } } },
      'Version: cached_display_name, code, sg_task\n  sg_task -> Task: cached_display_name, content, task_assignees\n    task_assignees -> HumanUser: login, name',
    ],
    [
      'nothing of a type that the API does not have',
      'Version',
      { entity: { Nope: { x: true } } },
      'Version: cached_display_name, code, entity',
    ],
  ])('reads %s', (_, type, asked, printed) => {
    expect(plan(type, asked)).toBe(printed);
  });

  it('is one level after the other if paths are switched off', () => {
    expect(plan('Version', { sg_task: { Task: { content: true } } }, { ...ALL, paths: false })).toBe(
      'Version: cached_display_name, code, sg_task\n  sg_task -> Task: cached_display_name, content',
    );
  });

  it('counts its searches before any is made', () => {
    const asked = {
      playlists: { Playlist: { versions: { Version: { playlists: { Playlist: { code: true } } } } } },
    };
    expect(planRead(schema, 'Version', selectionOf(asked), ALL).searches).toBe(4);
  });

  it('reads and counts the targets of several links once, with the union of their selections', () => {
    const asked: Asked = {
      created_by: { HumanUser: { login: true } },
      user: { HumanUser: { email: true, projects: { Project: { code: true } } } },
    };
    const read = planRead(schema, 'Version', selectionOf(asked), { ...ALL, paths: false });
    expect(printPlan(read)).toBe(
      [
        'Version: cached_display_name, code, created_by, user',
        '  created_by, user -> HumanUser: email, login, name, projects',
        '    projects -> Project: code, name',
      ].join('\n'),
    );
    expect(read.searches).toBe(3);
  });

  it('finds the linked rows of known parents by the links that lead back', () => {
    const asked = { shots: { Shot: { code: true, assets: { Asset: { code: true } } } } };
    const reads = besideReads(
      schema,
      planRead(schema, 'Sequence', selectionOf(asked), ALL),
      { ids: [10, 11] },
      ALL,
    );
    expect(reads.map(({ type, filter }) => [type, filter.conditions])).toEqual([
      ['Shot', [['sg_sequence.Sequence.id', 'in', [10, 11]]]],
    ]);
  });

  describe('for a page of a whole project', () => {
    const project: FilterGroup = {
      logical_operator: 'and',
      conditions: [['project', 'is', { type: 'Project', id: 1 }]],
    };
    const besidePage = (asked: Asked, sort: readonly SortKey[] | null, first = 10) =>
      besideReads(
        schema,
        planRead(schema, 'Sequence', selectionOf(asked), ALL),
        { filter: project, sort, first },
        ALL,
      ).map(({ type, filter, sort: order, maxRows }) => [type, filter.conditions, order, maxRows]);
    const shots = { shots: { Shot: { code: true } } };

    it('searches for children in the order of the parents, and only for one page of them', () => {
      const order: SortKey[] = [{ field: 'code', direction: 'desc' }];
      expect(besidePage(shots, order)).toEqual([
        [
          'Shot',
          [['sg_sequence.Sequence.project.Project.id', 'in', [1]]],
          '-sg_sequence.Sequence.code,sg_sequence.Sequence.id',
          250,
        ],
      ]);
      expect(besidePage(shots, [], 100)[0]).toEqual([
        ...[
          'Shot',
          [['sg_sequence.Sequence.project.Project.id', 'in', [1]]],
          'sg_sequence.Sequence.id',
          2000,
        ],
      ]);
    });

    it('searches for none through a list of links, since no order could be stated', () => {
      const asked: Asked = { versions: { Version: { code: true } } };
      const reads = besideReads(
        schema,
        planRead(schema, 'Playlist', selectionOf(asked), ALL),
        { filter: project, sort: [], first: 10 },
        ALL,
      );
      expect(reads).toEqual([]);
    });

    it('searches for none at a place that only a position describes', () => {
      expect(besidePage(shots, null)).toEqual([]);
    });
  });
});
