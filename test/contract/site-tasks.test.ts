import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoDataset } from '../../studio/site/demo/dataset.ts';
import { HASH_SYNTAX, openSite, type OpenSite, type SiteAnswer } from '../support/every-type-site.ts';

const PROJECT = { type: 'Project', id: 1 };
const task = (id: number) => ({ type: 'Task', id });

/** What the site makes of the dates and dependencies of Tasks (API 8, Task). */
describe('a schedule', () => {
  let site: OpenSite;
  beforeAll(async () => {
    site = await openSite(demoDataset());
  });
  afterAll(() => site.close());

  const add = async (values: object = {}): Promise<number> => {
    const { status, body } = await site.call('POST', '/entity/tasks', { project: PROJECT, ...values });
    expect(status).toBe(201);
    return body.data.id as number;
  };
  const put = async (id: number, values: object): Promise<void> => {
    expect((await site.call('PUT', `/entity/tasks/${id}`, values)).status).toBe(200);
  };
  const times = async (id: number): Promise<unknown> => {
    const fields = 'start_date,due_date,duration,pinned';
    const { attributes } = (await site.call('GET', `/entity/tasks/${id}?fields=${fields}`)).body.data;
    return [attributes.start_date, attributes.due_date, attributes.duration, attributes.pinned];
  };
  const linked = async (id: number, field: string): Promise<number[]> => {
    const { data } = (await site.call('GET', `/entity/tasks/${id}/relationships/${field}`)).body;
    return data.map((link: { id: number }) => link.id);
  };
  const dependencies = async (id: number) => {
    const filters = { logical_operator: 'and', conditions: [['task', 'is', task(id)]] };
    const search = { filters, fields: 'dependency_type,offset_days,dependent_task' };
    return (await site.call('POST', '/entity/task_dependencies/_search', search, HASH_SYNTAX)).body.data;
  };

  // 2026-09-18 is a Friday.
  it.each([
    ['two days of a week', { start_date: '2026-09-14', due_date: '2026-09-15' }, 960],
    ['a weekend between', { start_date: '2026-09-18', due_date: '2026-09-21' }, 960],
    ['one day', { start_date: '2026-09-18', due_date: '2026-09-18' }, 480],
  ])('has the working time from start to due: %s', async (_, dates, duration) => {
    expect(await times(await add(dates))).toEqual([dates.start_date, dates.due_date, duration, false]);
    const later = await add();
    await put(later, dates);
    expect(await times(later)).toEqual([dates.start_date, dates.due_date, duration, false]);
  });

  it('is due later if it takes longer, and moves as a whole if it starts later', async () => {
    const id = await add({ start_date: '2026-09-17', due_date: '2026-09-18' });
    await put(id, { duration: 1440 });
    expect(await times(id)).toEqual(['2026-09-17', '2026-09-21', 1440, false]);
    await put(id, { start_date: '2026-09-18' });
    expect(await times(id)).toEqual(['2026-09-18', '2026-09-22', 1440, false]);
    await put(id, { due_date: '2026-09-18' });
    expect(await times(id)).toEqual(['2026-09-18', '2026-09-18', 480, false]);
    const backwards = await add({ due_date: '2026-09-21', duration: 960 });
    expect(await times(backwards)).toEqual(['2026-09-18', '2026-09-21', 960, false]);
  });

  it('is pinned if a date is removed, and the rest stays', async () => {
    const id = await add({ start_date: '2026-09-14', due_date: '2026-09-15' });
    await put(id, { due_date: null });
    expect(await times(id)).toEqual(['2026-09-14', null, 960, true]);
  });

  it('has an event for each date that moved', async () => {
    const id = await add({ start_date: '2026-09-14', due_date: '2026-09-15' });
    await site.call('PUT', '/entity/api_users/1', { generate_event_log_entries: true });
    await put(id, { duration: 1440 });
    const filters = { logical_operator: 'and', conditions: [['entity', 'is', task(id)]] };
    const search = { filters, fields: 'attribute_name,meta', sort: 'id' };
    const { data } = (await site.call('POST', '/entity/event_log_entries/_search', search, HASH_SYNTAX)).body;
    expect(
      data.map(({ attributes }: SiteAnswer['body']) => [
        attributes.attribute_name,
        attributes.meta.new_value,
      ]),
    ).toEqual([
      ['duration', 1440],
      ['due_date', '2026-09-16'],
    ]);
  });

  it('puts a dependent Task on the working day after its predecessor, and so on', async () => {
    const first = await add({ start_date: '2026-09-17', due_date: '2026-09-18' });
    const second = await add({ start_date: '2026-09-01', due_date: '2026-09-02' });
    const third = await add({
      start_date: '2026-09-01',
      due_date: '2026-09-01',
      upstream_tasks: [task(second)],
    });
    const pinned = await add({ start_date: '2026-09-01', due_date: '2026-09-01', pinned: true });
    await put(second, { downstream_tasks: { multi_entity_update_mode: 'add', value: [task(pinned)] } });
    await put(second, { upstream_tasks: [task(first)] });
    expect(await times(second)).toEqual(['2026-09-21', '2026-09-22', 960, false]);
    expect(await times(third)).toEqual(['2026-09-23', '2026-09-23', 480, false]);
    expect(await times(pinned)).toEqual(['2026-09-01', '2026-09-01', 480, true]);
    await put(first, { duration: 1440 });
    expect(await times(third)).toEqual(['2026-09-24', '2026-09-24', 480, false]);
  });

  it('keeps each dependency as a row of its own, seen from both ends', async () => {
    const [first, second] = [await add(), await add()];
    await put(second, { upstream_tasks: [task(first)] });
    const [row] = await dependencies(second);
    expect(row.attributes).toEqual({ dependency_type: 'finish-to-start-next-day', offset_days: null });
    expect(row.relationships.dependent_task.data).toMatchObject(task(first));
    expect(await linked(first, 'downstream_tasks')).toEqual([second]);
    await put(first, { downstream_tasks: [] });
    expect([await linked(second, 'upstream_tasks'), await dependencies(second)]).toEqual([[], []]);
    const made = { task: task(second), dependent_task: task(first) };
    expect((await site.call('POST', '/entity/task_dependencies', made)).status).toBe(201);
    expect(await linked(second, 'upstream_tasks')).toEqual([first]);
  });

  it('loses the dependencies of a deleted Task, and restores them with it, but not those deleted before (5.1)', async () => {
    const [first, second, third] = [await add(), await add(), await add()];
    await put(third, { upstream_tasks: [task(first), task(second)] });
    const [gone] = await dependencies(third);
    await site.call('DELETE', `/entity/task_dependencies/${gone.id}`);
    await site.call('DELETE', `/entity/tasks/${third}`);
    expect(await dependencies(third)).toEqual([]);
    const made = await site.call('POST', '/entity/task_dependencies', {
      task: task(third),
      dependent_task: task(first),
    });
    expect([made.status, made.body.errors[0].title]).toEqual([
      400,
      expect.stringContaining('Value is not legal.'),
    ]);
    await site.call('POST', `/entity/tasks/${third}?revive=1`);
    expect(await linked(third, 'upstream_tasks')).toEqual([second]);
  });

  it('has colours of its own kind, and drops splits that are not possible (5.3)', async () => {
    const id = await add();
    const read = async (field: string) =>
      (await site.call('GET', `/entity/tasks/${id}?fields=${field}`)).body.data.attributes[field];
    expect(await read('color')).toBe('pipeline_step');
    await put(id, { color: 'Orange', splits: [{ start: '2026-09-14' }] });
    expect([await read('color'), await read('splits')]).toEqual([
      expect.stringMatching(/^\d+,\d+,\d+$/u),
      null,
    ]);
    await put(id, { color: 'pipeline_step' });
    for (const color of [null, '', '#fff']) {
      expect((await site.call('PUT', `/entity/tasks/${id}`, { color })).status).toBe(400);
    }
    expect((await site.call('PUT', `/entity/tasks/${id}`, { splits: 'halves' })).status).toBe(400);
    expect(await read('color')).toBe('pipeline_step');
  });
});
