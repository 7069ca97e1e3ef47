import { LRUCache } from 'lru-cache';
import type { AuditEntry } from './audit-entry.ts';

const WINDOW_MS = 60_000;
const MAX_KINDS = 1000;

interface Window {
  latest: AuditEntry;
  /** Count of this kind since its last record. */
  waiting: number;
  readonly timer: NodeJS.Timeout;
}

/**
 * Records events that anyone, even a stranger, can cause without limit: the first of a kind is written at once,
 * further ones of the same minute as one record with their count.
 */
export class RepeatedRecords {
  readonly #record: (entry: AuditEntry) => void;
  readonly #windows = new LRUCache<string, Window>({
    max: MAX_KINDS,
    // The oldest window is evicted, and its waiting count is written.
    dispose: (window) => this.#close(window),
  });

  constructor(record: (entry: AuditEntry) => void) {
    this.#record = record;
  }

  add(entry: AuditEntry): void {
    const kind = kindOf(entry);
    const open = this.#windows.peek(kind);
    if (open !== undefined) {
      open.latest = entry;
      open.waiting += 1;
      return;
    }
    this.#record(entry);
    const timer = setInterval(() => this.#turn(kind), WINDOW_MS).unref();
    this.#windows.set(kind, { latest: entry, waiting: 0, timer });
  }

  /** Writes the waiting counts. */
  flush(): void {
    this.#windows.clear();
  }

  #turn(kind: string): void {
    const window = this.#windows.peek(kind);
    if (window === undefined || window.waiting === 0) this.#windows.delete(kind);
    else this.#write(window);
  }

  #close(window: Window): void {
    clearInterval(window.timer);
    this.#write(window);
  }

  #write(window: Window): void {
    if (window.waiting === 0) return;
    // An id would be that of the last one only.
    const { entity: _, ...latest } = window.latest;
    this.#record({ ...latest, count: window.waiting });
    window.waiting = 0;
  }
}

function kindOf({ action, outcome, code, issuer, subject, login, ami, by, door }: AuditEntry): string {
  return JSON.stringify([action, outcome, code, issuer, subject, login, ami, by, door]);
}
