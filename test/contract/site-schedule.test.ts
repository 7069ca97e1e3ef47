import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { demoDataset } from '../../studio/site/demo/dataset.ts';
import { alongWith } from '../../studio/site/entities/task-dates.ts';
import { openSite, type OpenSite, type SiteAnswer } from '../support/every-type-site.ts';

const PROJECT = { type: 'Project', id: 1 };
const task = (id: number) => ({ type: 'Task', id });
const LOOP = "Can't create this dependency as it causes a loop.";

describe('dependencies of Tasks', () => {
  let site: OpenSite;
  beforeAll(async () => {
    site = await openSite(demoDataset());
  });
  afterAll(() => site.close());

  const add = async (values: object = {}): Promise<number> => {
    const { body } = await site.call('POST', '/entity/tasks', { project: PROJECT, ...values });
    return body.data.id as number;
  };
  const depend = (id: number, upstream: number, values: object = {}): Promise<SiteAnswer> =>
    site.call('POST', '/entity/task_dependencies', {
      task: task(id),
      dependent_task: task(upstream),
      ...values,
    });
  const dates = async (id: number): Promise<unknown> => {
    const { attributes } = (await site.call('GET', `/entity/tasks/${id}?fields=start_date,due_date`)).body
      .data;
    return [attributes.start_date, attributes.due_date];
  };
  const titleOf = ({ status, body }: SiteAnswer): unknown => [status, body.errors[0].title];

  // Measured on a real site: the upstream Task runs from Monday, 2 March, to Friday, 6 March 2026.
  it.each([
    ['finish-to-start-next-day', 0, '2026-03-09', '2026-03-10'],
    ['finish-to-start-next-day', 2, '2026-03-11', '2026-03-12'],
    ['finish-to-start-next-day', -1, '2026-03-06', '2026-03-09'],
    ['start-to-start', 0, '2026-03-02', '2026-03-03'],
    ['start-to-start', 2, '2026-03-04', '2026-03-05'],
    ['start-to-start', -1, '2026-02-27', '2026-03-02'],
    ['finish-to-finish', 0, '2026-03-05', '2026-03-06'],
    ['finish-to-finish', 2, '2026-03-09', '2026-03-10'],
    ['finish-to-finish', -1, '2026-03-04', '2026-03-05'],
    ['start-to-finish-next-day', 0, '2026-02-26', '2026-02-27'],
    ['start-to-finish-next-day', 2, '2026-03-02', '2026-03-03'],
    ['start-to-finish-next-day', -1, '2026-02-25', '2026-02-26'],
  ])('place a Task by %s with an offset of %i working days', async (type, offset, start, due) => {
    const upstream = await add({ start_date: '2026-03-02', due_date: '2026-03-06' });
    const id = await add({ start_date: '2026-02-16', due_date: '2026-02-17' });
    expect((await depend(id, upstream, { dependency_type: type, offset_days: offset })).status).toBe(201);
    expect(await dates(id)).toEqual([start, due]);
  });

  it('move a Task both ways when their type or offset is changed', async () => {
    const upstream = await add({ start_date: '2026-03-02', due_date: '2026-03-06' });
    const id = await add({ start_date: '2026-02-16', due_date: '2026-02-17' });
    const row = (await depend(id, upstream)).body.data.id as number;
    const change = (values: object) => site.call('PUT', `/entity/task_dependencies/${row}`, values);
    await change({ offset_days: 3 });
    expect(await dates(id)).toEqual(['2026-03-12', '2026-03-13']);
    await change({ dependency_type: 'start-to-start' });
    expect(await dates(id)).toEqual(['2026-03-05', '2026-03-06']);
    await change({ offset_days: null });
    expect(await dates(id)).toEqual(['2026-03-02', '2026-03-03']);
    expect(titleOf(await change({ dependency_type: 'zz_bogus' }))).toEqual([
      400,
      expect.stringContaining("Dependency type 'zz_bogus' is invalid"),
    ]);
  });

  it.each(['zz_bogus', 'START-TO-START', null])('of the type %j are refused', async (type) => {
    const [id, upstream] = [await add(), await add()];
    expect(titleOf(await depend(id, upstream, { dependency_type: type }))).toEqual([
      400,
      `Create failed for [TaskDependency]: Validation failed: Dependency type Dependency type '${type ?? ''}' is invalid, accepted values are finish-to-start-next-day, start-to-start, finish-to-finish, start-to-finish-next-day.`,
    ]);
  });

  it('of one pair are refused the second time', async () => {
    const [id, upstream] = [await add(), await add()];
    await depend(id, upstream);
    expect(titleOf(await depend(id, upstream))).toEqual([
      400,
      'Create failed for [TaskDependency]: Validation failed: There is already a connection between the entities.',
    ]);
  });

  it('are refused if they form a cycle: with the Task itself, in reverse, around three, and by its lists', async () => {
    const [a, b, c] = [await add(), await add(), await add()];
    const refused = [400, `Create failed for [TaskDependency]: ${LOOP}`];
    expect(titleOf(await depend(a, a))).toEqual(refused);
    await depend(b, a);
    expect(titleOf(await depend(a, b))).toEqual(refused);
    await depend(c, b);
    expect(titleOf(await depend(a, c))).toEqual(refused);
    const up = await site.call('PUT', `/entity/tasks/${a}`, { upstream_tasks: [task(c)] });
    expect(titleOf(up)).toEqual([400, `Update failed for [Task.upstream_tasks]: ${LOOP}`]);
    const down = await site.call('PUT', `/entity/tasks/${c}`, { downstream_tasks: [task(a)] });
    expect(titleOf(down)).toEqual([400, `Update failed for [Task.downstream_tasks]: ${LOOP}`]);
    expect((await site.call('GET', `/entity/tasks/${a}/relationships/upstream_tasks`)).body.data).toEqual([]);
  });

  it('are erased by removing them from a list, at either end, and retired by deleting their row', async () => {
    const [a, b] = [await add(), await add()];
    const rows = async (returnOnly: string) => {
      const options = { include_archived_projects: true, return_only: returnOnly };
      const filters = [['task', 'is', task(b)]];
      const { body } = await site.call(
        'POST',
        '/entity/task_dependencies/_search',
        { filters, fields: ['offset_days', 'dependency_type'], options },
        'application/vnd+shotgun.api3_array+json',
      );
      return (body.data as { id: number; attributes: object }[]).map(({ id, attributes }) => ({
        id,
        ...attributes,
      }));
    };
    const revive = (id: number) => site.call('POST', `/entity/task_dependencies/${id}?revive=1`);
    const change = (mode: string, list: string, [owner, other]: readonly [number, number]) =>
      site.call('PUT', `/entity/tasks/${owner}`, {
        [list]: { multi_entity_update_mode: mode, value: [task(other)] },
      });
    const byLists = [
      ['upstream_tasks', [b, a]],
      ['downstream_tasks', [a, b]],
    ] as const;
    for (const [list, ends] of byLists) {
      const id = (await depend(b, a, { offset_days: 2 })).body.data.id as number;
      expect((await change('remove', list, ends)).status).toBe(200);
      expect([await rows('active'), await rows('retired')]).toEqual([[], []]);
      expect((await revive(id)).status).toBe(404);
    }
    const id = (await depend(b, a, { offset_days: 2 })).body.data.id as number;
    expect((await site.call('DELETE', `/entity/task_dependencies/${id}`)).status).toBe(204);
    const kept = { id, offset_days: 2, dependency_type: 'finish-to-start-next-day' };
    expect([await rows('active'), await rows('retired')]).toEqual([[], [kept]]);
    await change('add', 'upstream_tasks', [b, a]);
    expect(await rows('active')).toEqual([{ ...kept, id: expect.any(Number), offset_days: null }]);
    expect(titleOf(await revive(id))).toEqual([
      400,
      expect.stringContaining('non-unique value for a unique index'),
    ]);
    await change('remove', 'upstream_tasks', [b, a]);
    expect((await revive(id)).status).toBe(200);
    expect(await rows('active')).toEqual([kept]);
  });

  it('around three are refused within one batch, and nothing of it stays', async () => {
    const [a, b, c] = [await add(), await add(), await add()];
    const requests = [
      [b, a],
      [c, b],
      [a, c],
    ].map(([id = 0, upstream = 0]) => ({
      request_type: 'create',
      entity: 'TaskDependency',
      data: { task: task(id), dependent_task: task(upstream) },
    }));
    expect((await site.call('POST', '/entity/_batch', { requests })).status).toBe(400);
    expect((await site.call('GET', `/entity/tasks/${b}/relationships/upstream_tasks`)).body.data).toEqual([]);
  });
});

describe('dates of Tasks', () => {
  let site: OpenSite;
  beforeAll(async () => {
    site = await openSite(demoDataset());
  });
  afterAll(() => site.close());
  const add = (values: object): Promise<SiteAnswer> =>
    site.call('POST', '/entity/tasks', { project: PROJECT, ...values });
  const times = async (id: number): Promise<unknown> => {
    const fields = 'start_date,due_date,duration';
    const { attributes } = (await site.call('GET', `/entity/tasks/${id}?fields=${fields}`)).body.data;
    return [attributes.start_date, attributes.due_date, attributes.duration];
  };

  // Each of these once walked day by day, for ever.
  it.each<[string, number, object]>([
    ['the last day there is', 201, { start_date: '9999-12-31' }],
    ['eight thousand years', 201, { start_date: '2026-01-01', due_date: '9999-12-31' }],
    ['the longest duration', 400, { start_date: '2026-01-01', duration: 2_147_483_647 }],
    ['the longest duration, backwards', 400, { due_date: '2026-01-01', duration: 2_147_483_647 }],
    ['a duration from the last day', 400, { start_date: '9999-12-31', duration: 960 }],
  ])('are answered at once: %s', async (_, status, values) => {
    expect((await add(values)).status).toBe(status);
  });

  it('of a milestone are one day without a duration, and are refused if they disagree', async () => {
    const { status, body } = await add({ milestone: true, start_date: '2026-03-02' });
    expect(status).toBe(201);
    const id = body.data.id as number;
    expect(await times(id)).toEqual(['2026-03-02', '2026-03-02', null]);
    await site.call('PUT', `/entity/tasks/${id}`, { due_date: '2026-03-05' });
    expect(await times(id)).toEqual(['2026-03-05', '2026-03-05', null]);
    const torn = { start_date: '2026-03-02', due_date: '2026-03-05' };
    expect((await site.call('PUT', `/entity/tasks/${id}`, torn)).status).toBe(400);
    expect((await add({ milestone: true, ...torn })).status).toBe(400);
    const later = (await add(torn)).body.data.id as number;
    await site.call('PUT', `/entity/tasks/${later}`, { milestone: true });
    expect(await times(later)).toEqual(['2026-03-05', '2026-03-05', null]);
  });

  it('match a calculation day by day', () => {
    const day = fc
      .integer({ min: 0, max: 20_000 })
      .map((days) => new Date(days * 86_400_000).toISOString().slice(0, 10));
    const shift = (from: string, days: number): string =>
      new Date(Date.parse(from) + days * 86_400_000).toISOString().slice(0, 10);
    const isWork = (text: string): boolean => ![0, 6].includes(new Date(text).getUTCDay());
    const walk = (from: string, count: number, step: 1 | -1): string => {
      let [at, left] = [from, count - (isWork(from) ? 1 : 0)];
      while (left > 0) {
        at = shift(at, step);
        if (isWork(at)) left -= 1;
      }
      return at;
    };
    const empty = { start_date: null, due_date: null, duration: null };
    fc.assert(
      fc.property(day, fc.integer({ min: 1, max: 60 }), (from, count) => {
        const duration = count * 480;
        expect(alongWith(empty, { start_date: from, duration })).toEqual({ due_date: walk(from, count, 1) });
        expect(alongWith(empty, { due_date: from, duration })).toEqual({ start_date: walk(from, count, -1) });
        const due = shift(from, count);
        const days = Array.from({ length: count + 1 }, (_, index) => shift(from, index)).filter(
          isWork,
        ).length;
        expect(alongWith(empty, { start_date: from, due_date: due })).toEqual({ duration: days * 480 });
      }),
    );
  });
});
