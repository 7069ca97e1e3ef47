import type { Row } from '../../shotgun/port/records.ts';

interface Known {
  /** Null for a row that was requested and not returned. */
  readonly row: Row | null;
  /** Shared by all rows of one search. */
  readonly fields: ReadonlySet<string>;
}

/**
 * The rows that one request has read, by type and id, with their requested fields. A project that both a version
 * and its task link to is read once, though they request it at different levels.
 */
export class RowCache {
  readonly #byType = new Map<string, Map<number, Known>>();

  /** The row if all these fields are known; null if it cannot be seen; undefined if it must be read. */
  find(type: string, id: number, fields: ReadonlySet<string>): Row | null | undefined {
    const known = this.#byType.get(type)?.get(id);
    return known !== undefined && isSubset(fields, known.fields) ? known.row : undefined;
  }

  /** Keeps the result of a search for these ids and fields. */
  keep(type: string, ids: Iterable<number>, fields: ReadonlySet<string>, rows: readonly Row[]): void {
    const known = this.#byType.get(type) ?? new Map<number, Known>();
    this.#byType.set(type, known);
    const found = new Map(rows.map((row) => [row.id, row]));
    for (const id of ids) known.set(id, joined(known.get(id), { row: found.get(id) ?? null, fields }));
  }
}

function joined(before: Known | undefined, now: Known): Known {
  if (before === undefined || before.row === null || now.row === null) return now;
  return {
    row: { ...now.row, fields: { ...before.row.fields, ...now.row.fields } },
    fields: new Set([...before.fields, ...now.fields]),
  };
}

function isSubset(part: ReadonlySet<string>, whole: ReadonlySet<string>): boolean {
  if (part === whole) return true;
  for (const item of part) if (!whole.has(item)) return false;
  return true;
}
