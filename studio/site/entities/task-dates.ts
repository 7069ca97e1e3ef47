import type { StoredValue } from '../ports.ts';

const MS_PER_DAY = 86_400_000;
const MINUTES_PER_DAY = 480;

/** What a Task says of its time: days as `YYYY-MM-DD`, the duration in minutes of work. */
export interface TaskDates {
  readonly start_date: string | null;
  readonly due_date: string | null;
  readonly duration: number | null;
}

export const TASK_DATES = ['start_date', 'due_date', 'duration'] as const;

/**
 * What the site writes beside the dates that a write brings: start, due and duration are a triple over working days,
 * and a date that is emptied pins the Task and leaves the others alone (API 8, Task).
 */
export function alongWith(before: TaskDates, written: Partial<TaskDates>): Record<string, StoredValue> {
  if (written.start_date === null || written.due_date === null) return { pinned: true };
  const { start_date: start, due_date: due, duration } = { ...before, ...written };
  const isDue = written.due_date !== undefined;
  if (isDue && start !== null && due !== null) return { duration: workMinutes(start, due) };
  if (isDue && due !== null) return duration === null ? {} : { start_date: startOf(due, duration) };
  if (duration === null) return start !== null && due !== null ? { duration: workMinutes(start, due) } : {};
  if (start !== null) return { due_date: dueOf(start, duration) };
  return due === null ? {} : { start_date: startOf(due, duration) };
}

/** The dates of a Task that begins on that day and takes as long as it did. */
export function movedTo(start: string, before: TaskDates): Record<string, StoredValue> {
  const { start_date: oldStart, due_date: oldDue } = before;
  const duration =
    before.duration ?? (oldStart !== null && oldDue !== null ? workMinutes(oldStart, oldDue) : null);
  return duration === null ? { start_date: start } : { start_date: start, due_date: dueOf(start, duration) };
}

/** The first working day after a day. */
export function workDayAfter(day: string): string {
  return shifted(day, 1, (next) => isWorkDay(next));
}

/** Monday to Friday, as the work day rules of this site have it. */
export function isWorkDay(day: string): boolean {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  return weekday !== 0 && weekday !== 6;
}

function workMinutes(start: string, due: string): number {
  let days = 0;
  for (let day = start; day <= due; day = addDay(day, 1)) if (isWorkDay(day)) days += 1;
  return days * MINUTES_PER_DAY;
}

const dueOf = (start: string, minutes: number): string => lastOf(start, minutes, 1);
const startOf = (due: string, minutes: number): string => lastOf(due, minutes, -1);

/** The last of so many minutes' working days, the first day included. */
function lastOf(first: string, minutes: number, step: 1 | -1): string {
  let left = Math.max(1, Math.ceil(minutes / MINUTES_PER_DAY));
  if (isWorkDay(first)) left -= 1;
  return left === 0 ? first : shifted(first, step, (day) => isWorkDay(day) && --left === 0);
}

function shifted(from: string, step: 1 | -1, isThere: (day: string) => boolean): string {
  let day = addDay(from, step);
  while (!isThere(day)) day = addDay(day, step);
  return day;
}

const addDay = (day: string, step: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + step * MS_PER_DAY).toISOString().slice(0, 10);
