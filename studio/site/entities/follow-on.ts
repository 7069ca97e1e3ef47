import type { StoredRecord, StoredValue } from '../ports.ts';
import type { EntityDeps } from './entity-deps.ts';
import { datesOf } from './reschedule.ts';
import { alongWith, milestoneDates, TASK_DATES, type TaskDates } from './task-dates.ts';

type Values = Readonly<Record<string, StoredValue>>;

const NO_DATES: TaskDates = { start_date: null, due_date: null, duration: null };

/**
 * Values that the site writes beside those that a write brings: the third of a Task's dates, and no film strip where
 * the image is removed (API 5.3, 8).
 */
export function followOn(
  deps: EntityDeps,
  type: string,
  before: StoredRecord | undefined,
  written: Values,
): Values {
  const along: Record<string, StoredValue> = {
    ...(written['image'] === null && { filmstrip_image: null }),
    ...(type === 'Task' && datesAlong(deps, before, written)),
  };
  const known = Object.entries(along).filter(([name]) => deps.schema.field(type, name) !== undefined);
  return Object.fromEntries(known);
}

function datesAlong(deps: EntityDeps, before: StoredRecord | undefined, written: Values): Values {
  const dates = before === undefined ? NO_DATES : datesOf(deps, before);
  const names = TASK_DATES.filter(
    (name) => name in written && (before !== undefined || written[name] !== null),
  );
  if (dates === undefined) return {};
  const isMilestone = (written['milestone'] ?? before?.values['milestone']) === true;
  if (isMilestone && (names.length > 0 || written['milestone'] === true)) {
    return milestoneDates(dates, Object.fromEntries(names.map((name) => [name, written[name]])));
  }
  if (names.length === 0) return {};
  return alongWith(dates, Object.fromEntries(names.map((name) => [name, written[name]])));
}
