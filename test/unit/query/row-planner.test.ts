import { describe, expect, it } from 'vitest';
import { type PlanOptions, planRead } from '../../../src/query/plan/planning.ts';
import { RowPlanner } from '../../../src/query/plan/row-planner.ts';
import { SampleIds } from '../../../src/query/plan/sample-ids.ts';
import { Timeline } from '../../../src/query/plan/timeline.ts';
import { type Asked, selectionOf } from '../../support/asked-selection.ts';
import { PLAN } from '../../support/plan-settings.ts';
import { smallStudio } from '../../support/small-studio.ts';

const schema = smallStudio();

/** A plan, and what it says of each call: its wave, its rows, and the calls that it waits for. */
function openPlan(options: Partial<PlanOptions> = {}) {
  const timeline = new Timeline();
  const ids = new SampleIds();
  const all = { ...PLAN, ...options };
  const planner = new RowPlanner({
    ...{ schema, options: all, timeline, ids },
    planOf: (type, selection) => planRead(schema, type, selection, all),
  });
  const ended: string[] = [];
  return {
    planner,
    ended,
    rows: (type: string, of: readonly number[], asked: Asked) =>
      planner.rows({ type, ids: of, selection: selectionOf(asked) }, () => ended.push(type)),
    goOn(): void {
      while (planner.flush() || timeline.endNext());
    },
    stated: (): readonly string[] =>
      timeline.calls.map(({ index, wave, type, filter, after }) => {
        const [condition] = filter === null ? [] : ids.named(filter).conditions;
        const awaited = after.length === 0 ? '' : ` after ${after.join(' and ')}`;
        return `${index}: wave ${wave} ${type} ${JSON.stringify(condition)}${awaited}`;
      }),
  };
}

const SHOTS = { shots: { Shot: { code: true, assets: { Asset: { code: true } } } } };

describe('the searches of a read', () => {
  it('run in parallel with the rows if their ids are known, and after them if no link leads back', () => {
    const plan = openPlan();
    plan.rows('Sequence', [10, 11], SHOTS);
    plan.goOn();
    expect(plan.stated()).toEqual([
      '0: wave 1 Shot ["sg_sequence.Sequence.id","in",[10,11]]',
      '1: wave 1 Sequence ["id","in",[10,11]]',
      '2: wave 2 Asset ["id","in",["Shot.assets"]] after 0 and 1',
    ]);
    expect(plan.ended).toEqual(['Sequence']);
  });

  it('run level by level if short cuts are off', () => {
    const plan = openPlan({ beside: false });
    plan.rows('Sequence', [10], SHOTS);
    plan.goOn();
    expect(plan.stated()).toEqual([
      '0: wave 1 Sequence ["id","in",[10]]',
      '1: wave 2 Shot ["id","in",["Sequence.shots"]] after 0',
      '2: wave 3 Asset ["id","in",["Shot.assets"]] after 1',
    ]);
  });

  it('read the row behind two single links after the first rows, and not after the row between them', () => {
    const plan = openPlan({ beside: false });
    const shot = { sg_cut_in: true, assets: { Asset: { code: true } } } as const;
    plan.rows('Version', [1], { sg_task: { Task: { content: true, entity: { Shot: shot } } } });
    plan.goOn();
    expect(plan.stated()).toEqual([
      '0: wave 1 Version ["id","in",[1]]',
      '1: wave 2 Shot ["id","in",["Task.entity"]] after 0',
      '2: wave 3 Asset ["id","in",["Shot.assets"]] after 1',
    ]);
  });

  it('are one for each type that a link may lead to, and none for a type that it never holds', () => {
    const plan = openPlan({ paths: false });
    const code = { code: true } as const;
    plan.rows('Version', [1], { entity: { Shot: code, Asset: code, Playlist: code } });
    plan.goOn();
    expect(plan.stated()).toEqual([
      '0: wave 1 Version ["id","in",[1]]',
      '1: wave 2 Shot ["id","in",["Version.entity"]] after 0',
      '2: wave 2 Asset ["id","in",["Version.entity"]] after 0',
    ]);
  });

  it('are one for all rows of a type that are needed at the same time', () => {
    const plan = openPlan();
    plan.rows('Shot', [1], { code: true });
    plan.rows('Shot', [2], { sg_cut_in: true });
    plan.goOn();
    expect(plan.stated()).toEqual(['0: wave 1 Shot ["id","in",[1,2]]']);
    expect(plan.ended).toEqual(['Shot', 'Shot']);
  });

  it('are none for rows that have been read with these fields, until something is written', () => {
    const plan = openPlan();
    for (const asked of [{ code: true }, { code: true }, { code: true, sg_cut_in: true }] as const) {
      plan.rows('Shot', [1], asked);
      plan.goOn();
    }
    expect(plan.stated()).toHaveLength(2);
    plan.planner.forget();
    plan.rows('Shot', [1], { code: true });
    plan.goOn();
    expect(plan.stated()).toHaveLength(3);
  });
});

describe('the timeline of a plan', () => {
  it('starts a call that waits for several others when the last of them ends', () => {
    const timeline = new Timeline();
    const went: string[] = [];
    const first = timeline.begin({ kind: 'search' });
    const second = timeline.begin({ kind: 'search' });
    timeline.when([second, first], () => went.push('both'));
    timeline.when([first], () => went.push('first'));
    timeline.when([], () => went.push('none'));
    expect(went).toEqual(['none']);
    expect(timeline.endNext()).toBe(true);
    expect(went).toEqual(['none', 'first']);
    expect(timeline.endNext()).toBe(true);
    expect(went).toEqual(['none', 'first', 'both']);
    expect(timeline.begin({ kind: 'search' })).toMatchObject({ index: 2, wave: 2, after: [1] });
    expect(timeline.begin({ kind: 'search' }, [])).toMatchObject({ wave: 1, after: [] });
  });
});
