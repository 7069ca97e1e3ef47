import { invalidParameters } from '../http/api-error.ts';
import { envelopeLink, type Query } from '../http/query.ts';

export interface Page {
  readonly size: number;
  readonly number: number;
}

export const DEFAULT_SIZE = 500;
export const MAX_SIZE = 5000;

/** `page[size]` 1 to 5000, `page[number]` from 1 (API 2.11, 3.6). */
export function parsePage(page: unknown, defaultSize: number, maxSize: number): Page {
  const given = typeof page === 'object' && page !== null ? (page as Readonly<Record<string, unknown>>) : {};
  const size = integer(given['size'], 'size', defaultSize);
  const number = integer(given['number'], 'number', 1);
  if (size < 1) throw invalidParameters({ page: { size: ['size must be greater than 0'] } });
  // The site's own message is off by one.
  if (size > maxSize) throw invalidParameters({ page: { size: [`size must be less than ${maxSize}`] } });
  if (number < 1) throw invalidParameters({ page: { number: ['number must be greater than 0'] } });
  return { size, number };
}

function integer(value: unknown, name: string, fallback: number): number {
  if (value === undefined || value === null) return fallback;
  const number = typeof value === 'string' && /^-?\d+$/u.test(value) ? Number(value) : value;
  if (typeof number === 'number' && Number.isInteger(number)) return number;
  throw invalidParameters({ page: { [name]: [`${name} must be an integer`] } });
}

export function pageOf<T>(rows: readonly T[], { size, number }: Page): T[] {
  return rows.slice((number - 1) * size, number * size);
}

/** `next` on every page for ever, `prev` from page 2 (API 3.6). */
export function pageLinks(path: string, query: Query, page: Page): Record<string, string> {
  const link = (number: number): string =>
    envelopeLink(path, { ...query, page: { number: String(number), size: String(page.size) } });
  return {
    // What was typed, re-encoded: a page that stood in the body is not in it (API 2.4).
    self: envelopeLink(path, query),
    next: link(page.number + 1),
    ...(page.number > 1 ? { prev: link(page.number - 1) } : {}),
  };
}
