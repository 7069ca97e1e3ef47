import { SiteError, type StoredValue } from '../ports.ts';
import type { DependencyType } from './task-dependencies.ts';

const MS_PER_DAY = 86_400_000;
const MINUTES_PER_DAY = 480;
const DAYS_A_WEEK = 7;
const WORK_DAYS_A_WEEK = 5;
const THURSDAY = 3;
/** What a date can be, in days since 1970. */
const FIRST_DAY = Date.parse('0001-01-01T00:00:00Z') / MS_PER_DAY;
const LAST_DAY = Date.parse('9999-12-31T00:00:00Z') / MS_PER_DAY;

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

/** A milestone takes no time and has one date for both; dates that disagree are refused. */
export function milestoneDates(before: TaskDates, written: Partial<TaskDates>): Record<string, StoredValue> {
  const { start_date: start, due_date: due } = written;
  if (start != null && due != null && start !== due) {
    throw new SiteError(400, 104, 'Update failed for [Task.due_date]: Value is not legal.');
  }
  const day = due ?? start ?? before.due_date ?? before.start_date;
  const isEmptied = (start === null || due === null) && (start ?? due ?? null) === null;
  return { duration: null, start_date: isEmptied ? null : day, due_date: isEmptied ? null : day };
}

/** The dates of a Task that begins on that day and takes as long as it did. */
export function movedTo(start: string, before: TaskDates): Record<string, StoredValue> {
  const duration = minutesOf(before);
  return duration === null ? { start_date: start } : { start_date: start, due_date: dueOf(start, duration) };
}

function minutesOf({ start_date: start, due_date: due, duration }: TaskDates): number | null {
  return duration ?? (start !== null && due !== null ? workMinutes(start, due) : null);
}

/** Where one dependency puts a Task, with so many working days between; undefined where the other has no such date. */
export function placedStart(
  type: DependencyType,
  upstream: TaskDates,
  { task, offsetDays }: { readonly task: TaskDates; readonly offsetDays: number },
): string | undefined {
  const anchor = type.startsWith('finish') ? upstream.due_date : upstream.start_date;
  if (anchor === null) return undefined;
  const steps = { 'finish-to-start-next-day': 1, 'start-to-finish-next-day': -1 } as const;
  const day = workDaysAfter(anchor, (type in steps ? steps[type as keyof typeof steps] : 0) + offsetDays);
  return type.includes('to-start') ? day : startOf(day, minutesOf(task) ?? MINUTES_PER_DAY);
}

/** The day itself, or so many working days after it, before it where there are less than none. */
function workDaysAfter(day: string, count: number): string {
  if (count === 0) return day;
  // Friday is the working day before a Saturday: a step back from there is to Friday itself.
  const from = workDaysUpTo(numberOf(day)) + (count < 0 && !isWorkDay(day) ? 1 : 0);
  return workDay(from + Math.trunc(count));
}

/** Monday to Friday, as the work day rules of this site have it. */
export const isWorkDay = (day: string): boolean => weekdayOf(numberOf(day)) < WORK_DAYS_A_WEEK;

function workMinutes(start: string, due: string): number {
  const days = workDaysUpTo(numberOf(due)) - workDaysUpTo(numberOf(start) - 1);
  return Math.max(0, days) * MINUTES_PER_DAY;
}

const workDaysIn = (minutes: number): number => Math.max(1, Math.ceil(minutes / MINUTES_PER_DAY));

/** The last of so many minutes' working days, the first day included. */
const dueOf = (start: string, minutes: number): string =>
  workDay(workDaysUpTo(numberOf(start) - 1) + workDaysIn(minutes));

const startOf = (due: string, minutes: number): string =>
  workDay(workDaysUpTo(numberOf(due)) - workDaysIn(minutes) + 1);

/** Days are numbered and not walked: a date or a duration may be thousands of years away. */
const numberOf = (day: string): number => Date.parse(`${day}T00:00:00Z`) / MS_PER_DAY;

/** Monday is 0: the first day of 1970 was a Thursday. */
const weekdayOf = (day: number): number => (((day + THURSDAY) % DAYS_A_WEEK) + DAYS_A_WEEK) % DAYS_A_WEEK;

/** Working days since the Monday of the week in which 1970 began, that day included. */
function workDaysUpTo(day: number): number {
  const weeks = Math.floor((day + THURSDAY) / DAYS_A_WEEK);
  return weeks * WORK_DAYS_A_WEEK + Math.min(weekdayOf(day) + 1, WORK_DAYS_A_WEEK);
}

/** The working day of a number, counted as above. */
function workDay(number: number): string {
  const weeks = Math.floor((number - 1) / WORK_DAYS_A_WEEK);
  const day = weeks * DAYS_A_WEEK + (number - 1 - weeks * WORK_DAYS_A_WEEK) - THURSDAY;
  if (day < FIRST_DAY || day > LAST_DAY) {
    throw new SiteError(400, 104, 'Update failed for [Task.duration]: Value is not legal.');
  }
  return new Date(day * MS_PER_DAY).toISOString().slice(0, 10);
}
