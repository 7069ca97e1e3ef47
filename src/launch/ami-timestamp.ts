import { MS_PER_SECOND } from '../base/units.ts';

const TIMESTAMP = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/u;

/** The time stamp of a menu item's post, `2026-09-04T17:42:30Z`. */
export function formatAmiTimestamp(timeMs: number): string {
  return `${new Date(timeMs - (timeMs % MS_PER_SECOND)).toISOString().slice(0, -5)}Z`;
}

/** Milliseconds since 1970; undefined for every other form and for impossible dates (A10). */
export function parseAmiTimestamp(text: string): number | undefined {
  if (!TIMESTAMP.test(text)) return undefined;
  const timeMs = Date.parse(text);
  return Number.isNaN(timeMs) || formatAmiTimestamp(timeMs) !== text ? undefined : timeMs;
}
