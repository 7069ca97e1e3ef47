import type { Caller, EntityRef, FieldChange, StoredRecord, StoredValue } from '../ports.ts';
import { linksIn } from '../storage/memory-storage.ts';
import type { EntityDeps } from './entity-deps.ts';
import { stampValues } from './stamp.ts';
import { movedTo, placedStart, TASK_DATES, type TaskDates } from './task-dates.ts';
import { upstreamOf } from './task-dependencies.ts';

/** What a row of the type Task says of its time now; undefined where the schema knows no such Tasks. */
export function datesOf({ schema }: EntityDeps, task: StoredRecord): TaskDates | undefined {
  if (task.type !== 'Task' || !TASK_DATES.every((name) => schema.field('Task', name) !== undefined)) {
    return undefined;
  }
  const { start_date: start, due_date: due, duration } = task.values;
  return {
    start_date: typeof start === 'string' ? start : null,
    due_date: typeof due === 'string' ? due : null,
    duration: typeof duration === 'number' ? duration : null,
  };
}

/**
 * Moves a Task, and what depends on it, to where the last of its dependencies puts it. A Task that is pinned, or that has
 * no dates, stays (API 8, Task).
 */
function reschedule(
  deps: EntityDeps,
  caller: Caller,
  task: EntityRef,
  seen: ReadonlySet<number> = new Set(),
): void {
  const record = deps.storage.get('Task', task.id);
  const before = record === undefined ? undefined : datesOf(deps, record);
  if (record === undefined || before === undefined || seen.has(record.id)) return;
  const after = record.values['pinned'] === true ? undefined : datesAfter(deps, record, before);
  if (after === undefined) return;
  const changes = Object.entries(after).flatMap(([field, newValue]): FieldChange[] => {
    const oldValue = before[field as keyof TaskDates];
    return oldValue === newValue ? [] : [{ field, dataType: 'date', oldValue, newValue }];
  });
  if (changes.length === 0) return;
  deps.storage.patch('Task', record.id, { ...after, ...stampValues(deps, caller, 'Task') });
  deps.events.changed(caller, record, changes);
  rescheduleDependents(deps, caller, record, new Set([...seen, record.id]));
}

/** Moves what depends on a Task whose dates have changed. */
function rescheduleDependents(
  deps: EntityDeps,
  caller: Caller,
  task: StoredRecord,
  seen?: ReadonlySet<number>,
): void {
  const field = deps.schema.field('Task', 'downstream_tasks');
  if (field === undefined) return;
  for (const dependent of deps.values.links(task, field)) reschedule(deps, caller, dependent, seen);
}

function datesAfter(
  deps: EntityDeps,
  task: StoredRecord,
  before: TaskDates,
): Record<string, StoredValue> | undefined {
  if (before.start_date === null && before.due_date === null) return undefined;
  const starts = upstreamOf(deps, task).flatMap(({ task: upstream, dependencyType, offsetDays }) => {
    const dates = datesOf(deps, upstream);
    return dates === undefined
      ? []
      : (placedStart(dependencyType, dates, { task: before, offsetDays }) ?? []);
  });
  const last = starts.sort().at(-1);
  return last === undefined ? undefined : movedTo(last, before);
}

/** What becomes of other Tasks where a row was written: those that depend on it move. */
export function afterTaskWrite(
  deps: EntityDeps,
  caller: Caller,
  row: StoredRecord,
  written: readonly string[],
): void {
  const [task] = row.type === 'TaskDependency' ? linksIn(row.values['task']) : [];
  if (task !== undefined) reschedule(deps, caller, task);
  if (row.type !== 'Task') return;
  if (written.includes('upstream_tasks')) reschedule(deps, caller, row);
  if (['start_date', 'due_date', 'downstream_tasks'].some((name) => written.includes(name))) {
    rescheduleDependents(deps, caller, row);
  }
}
