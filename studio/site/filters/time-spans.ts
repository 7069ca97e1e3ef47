const MS_PER_HOUR = 3_600_000;
const MS_PER_DAY = 86_400_000;
const DAYS_PER_WEEK = 7;

export interface TimeSpan {
  readonly fromMs: number;
  /** Not included. */
  readonly toMs: number;
}

/** The span of all days that it touches: what a field that holds days is compared with. */
export const wholeDays = ({ fromMs, toMs }: TimeSpan): TimeSpan => ({
  fromMs: startOfDay(fromMs),
  toMs: startOfDay(toMs - 1) + MS_PER_DAY,
});

/** `in_last [n, unit]` and `in_next`: so much time up to or from now, today included whole (API 3.3), in UTC. */
export function relativeSpan(nowMs: number, count: number, unit: string, isPast: boolean): TimeSpan {
  const today = startOfDay(nowMs);
  if (unit === 'HOUR') {
    const reach = count * MS_PER_HOUR;
    return isPast ? { fromMs: nowMs - reach, toMs: nowMs + 1 } : { fromMs: nowMs, toMs: nowMs + reach + 1 };
  }
  const edge = shifted(today, isPast ? -count : count, unit);
  return isPast ? { fromMs: edge, toMs: today + MS_PER_DAY } : { fromMs: today, toMs: edge + MS_PER_DAY };
}

/** `in_calendar_day|week|month|year` with its offset: buckets of UTC, weeks from Monday. */
export function calendarSpan(nowMs: number, bucket: string, offset: number): TimeSpan {
  const start = startOfBucket(nowMs, bucket);
  const unit = bucket.toUpperCase();
  return { fromMs: shifted(start, offset, unit), toMs: shifted(start, offset + 1, unit) };
}

const startOfDay = (atMs: number): number => Math.floor(atMs / MS_PER_DAY) * MS_PER_DAY;

function startOfBucket(nowMs: number, bucket: string): number {
  const today = startOfDay(nowMs);
  const date = new Date(today);
  if (bucket === 'week') {
    const sinceMonday = (date.getUTCDay() + DAYS_PER_WEEK - 1) % DAYS_PER_WEEK;
    return today - sinceMonday * MS_PER_DAY;
  }
  if (bucket === 'month') return Date.UTC(date.getUTCFullYear(), date.getUTCMonth());
  return bucket === 'year' ? Date.UTC(date.getUTCFullYear(), 0) : today;
}

function shifted(atMs: number, count: number, unit: string): number {
  const date = new Date(atMs);
  if (unit === 'DAY') return atMs + count * MS_PER_DAY;
  if (unit === 'WEEK') return atMs + count * DAYS_PER_WEEK * MS_PER_DAY;
  const months = date.getUTCMonth() + (unit === 'MONTH' ? count : count * 12);
  // A month before the 31st of March is the last of February, not the 3rd of March.
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), months + 1, 0)).getUTCDate();
  return Date.UTC(date.getUTCFullYear(), months, Math.min(date.getUTCDate(), lastDay));
}
