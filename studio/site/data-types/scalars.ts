import { SiteError } from '../ports.ts';
import { WholeFloat } from '../http/api-body.ts';
import { inspect, print } from '../http/ruby.ts';

/** Parsers of scalar values, shared by writes and filters. Each gives the value as it is stored and read. */

const FLOAT_DECIMALS = 6;
const FLOAT_TEXT = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/u;
const MS_PER_DAY = 86_400_000;

function invalid(dataType: string, field: string, value: unknown): SiteError {
  return new SiteError(400, 103, `Invalid data for '${dataType}' data type`, {
    source: { [field]: `Invalid data for '${dataType}' data type. Value: ${print(value)}` },
  });
}

/** Integers and numeric strings; a duration drops decimals toward zero (API 5.3). */
export function parseInteger(dataType: string, field: string, value: unknown): number {
  if (typeof value === 'number' || value instanceof WholeFloat) return Math.trunc(Number(value));
  if (typeof value === 'string' && /^\s*[+-]?\d+\s*$/u.test(value)) return Number(value);
  throw invalid(dataType, field, value);
}

/** A float as it is kept: text, rounded to six decimals, always with a point (API 5.3). */
export function parseFloatText(field: string, value: unknown): string {
  const isNumeric = typeof value === 'string' ? FLOAT_TEXT.test(value) : Number.isFinite(Number(value));
  if (!isNumeric) throw invalid('float', field, value);
  // Plus nothing: -0 is 0.
  const rounded = Number(Number(value).toFixed(FLOAT_DECIMALS)) + 0;
  return Number.isInteger(rounded) ? rounded.toFixed(1) : String(rounded);
}

export function parseCheckbox(field: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  if (value === 'true' || value === 'false') return value === 'true';
  throw invalid('checkbox', field, value);
}

/** `YYYY-MM-DD` of a day that exists. */
export function parseDate(value: unknown): string {
  const text = String(value);
  if (isDay(text)) return text;
  throw new SiteError(400, 103, `Invalid date format: ${text}. Correct format is: 2011-01-21`, {
    source: {},
  });
}

/** JavaScript takes the 30th of February for the 2nd of March; the site does not. */
function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/u.test(text)) return false;
  const atMs = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(atMs) && new Date(atMs).toISOString().startsWith(text);
}

const DATE_TIME = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}(?::\d{2})?)(?:\.\d+)?(Z|[+-]\d{2}:?\d{2})?)?$/u;

/** ISO 8601; without a zone it is UTC, without a time it is midnight UTC, fractions are dropped (API 2.6). */
export function parseDateTime(value: unknown): string {
  const text = String(value);
  const [, day, time = '00:00:00', zone = 'Z'] = DATE_TIME.exec(text) ?? [];
  const full = time.length === 5 ? `${time}:00` : time;
  const atMs = Date.parse(`${day}T${full}${zone}`);
  if (day === undefined || !isDay(day) || Number.isNaN(atMs)) {
    throw new SiteError(
      400,
      103,
      `Invalid date time format: ${text}. Correct format is 2011-01-21T13:26:09Z (UTC), 2011-01-21T13:26:09+01:00 or 2011-01-21T13:26:09`,
      { source: {} },
    );
  }
  return formatDateTime(atMs);
}

export function formatDateTime(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19)}Z`;
}

/** Day number of a date, so that calendar buckets can be compared. */
export const dayNumber = (text: string): number => Math.floor(Date.parse(text.slice(0, 10)) / MS_PER_DAY);

/** Lower case with hyphens; other spellings are normalised (API 3.3). */
export function parseUuid(type: string, value: unknown): string {
  const hex = String(value).replaceAll(/[{}-]/gu, '').toLowerCase();
  if (/^[0-9a-f]{32}$/u.test(hex)) return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/u, '$1-$2-$3-$4-');
  throw new SiteError(
    400,
    104,
    `Read failed for entity type [${type}]: PG::InvalidTextRepresentation: ERROR:  invalid input syntax for type uuid: ${inspect(value)}`,
  );
}
