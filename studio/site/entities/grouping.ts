import type { StoredValue } from '../ports.ts';
import type { FieldModel } from '../schema-model/field-model.ts';

/** What `grouping[].type` can be (API 4.1). */
export const GROUPING_TYPES = [
  'exact',
  'tens',
  'hundreds',
  'thousands',
  'tensofthousands',
  'hundredsofthousands',
  'millions',
  'day',
  'week',
  'month',
  'quarter',
  'year',
  'clustered_date',
  'oneday',
  'fivedays',
  'entitytype',
  'firstletter',
];

export interface GroupKey {
  readonly name: string;
  readonly value: unknown;
  readonly order: string | number;
}

const SIZES: Readonly<Record<string, number>> = {
  tens: 10,
  hundreds: 100,
  thousands: 1000,
  tensofthousands: 10_000,
  hundredsofthousands: 100_000,
  millions: 1_000_000,
};
/** Rate of this site, in which timecodes are shown. */
const FRAMES_PER_SECOND = 24;
const MS_PER_DAY = 86_400_000;
const DAYS_PER_WEEK = 7;

/** The group that a value belongs to: what is shown, what to key on, and its place in the order. */
export function groupKey(type: string, field: FieldModel, value: StoredValue): GroupKey {
  if (field.dataType === 'checkbox')
    return plain(value === true ? '[X]' : '[ ]', value === true, value === true ? 1 : 0);
  if (value === null || value === '' || (Array.isArray(value) && value.length === 0))
    return plain('', null, '');
  if (type === 'entitytype') return plain(typeName(value), typeName(value), typeName(value));
  if (typeof value === 'object') return plain(linkNames(value), value, linkNames(value).toLowerCase());
  if (field.dataType === 'timecode' && type === 'exact')
    return plain(timecode(Number(value)), value, Number(value));
  const size = SIZES[type];
  if (size !== undefined) return numberRange(Number(value), size);
  if (type === 'firstletter') return plain(first(value), first(value), first(value));
  if (typeof value === 'string' && /^\d{4}-\d{2}-\d{2}/u.test(value) && type !== 'exact')
    return dateBucket(type, value);
  return plain(String(value), value, typeof value === 'number' ? value : String(value).toLowerCase());
}

const plain = (name: string, value: unknown, order: string | number): GroupKey => ({ name, value, order });

/** `HH:MM:SS:FF` (API 5.3). */
function timecode(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const frames = Math.floor(((ms % 1000) * FRAMES_PER_SECOND) / 1000);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60, frames];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}

const first = (value: StoredValue): string => String(value).slice(0, 1).toUpperCase();

function numberRange(value: number, size: number): GroupKey {
  const low = Math.floor(value / size) * size;
  return plain(`${low}-${low + size - 1}`, low, low);
}

function typeName(value: StoredValue): string {
  const [link] = [value].flat() as { type?: string }[];
  return link?.type ?? '';
}

function linkNames(value: object): string {
  return ([value].flat() as { name?: string | null }[]).map(({ name }) => name ?? '').join(', ');
}

function dateBucket(type: string, text: string): GroupKey {
  const day = text.slice(0, 10);
  const atMs = Date.parse(day);
  const iso = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
  if (type === 'year') return plain(day.slice(0, 4), day.slice(0, 4), day.slice(0, 4));
  if (type === 'month') return plain(day.slice(0, 7), day.slice(0, 7), day.slice(0, 7));
  if (type === 'quarter') {
    const quarter = `${day.slice(0, 4)} Q${Math.ceil(Number(day.slice(5, 7)) / 3)}`;
    return plain(quarter, quarter, quarter);
  }
  if (type === 'week') {
    const sinceMonday = (new Date(atMs).getUTCDay() + DAYS_PER_WEEK - 1) % DAYS_PER_WEEK;
    const monday = iso(atMs - sinceMonday * MS_PER_DAY);
    return plain(monday, monday, monday);
  }
  const span = type === 'fivedays' ? 5 : 1;
  const start = iso(Math.floor(atMs / (span * MS_PER_DAY)) * span * MS_PER_DAY);
  return plain(start, start, start);
}
