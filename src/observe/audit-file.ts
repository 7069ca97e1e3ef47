import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../base/logger.ts';
import { MIB } from '../base/units.ts';

/** A text file that is appended to, in the order of the calls. */
export interface GrowingFile {
  /** @param line ends with a line break */
  add(line: string): void;
  /** Set while the file cannot be written: why, and how many lines wait. */
  readonly trouble: { readonly reason: string; readonly waiting: number } | undefined;
  /** Tries once more to write what waits. What cannot be written then is lost, and the log says so. */
  close(): Promise<void>;
}

/** For its owner only: it shows who worked on what. */
export const FILE_MODE = 0o600;
/** The most that is kept while the file cannot be written; later records are lost and leave a gap. */
const MAX_WAITING_BYTES = 16 * MIB;
/** The wait after a failed write. Without it each record would try to write all the waiting ones. */
const RETRY_MS = 1000;
/** A pipe without a reader fails at once. Otherwise opening it would never end, and the server could not stop. */
const APPENDING = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK;
const LINE_BREAK = Buffer.from('\n');

/**
 * Opens the file for each write, so that it may be rotated at any time. A failed write, for instance on a full
 * disk, stops no request: the lines are kept, the log reports the failure, and the write is tried again every second.
 */
export function createGrowingFile(path: string, logger: Pick<Logger, 'error' | 'info'>): GrowingFile {
  return new RetriedFile(path, logger);
}

class RetriedFile implements GrowingFile {
  readonly #path: string;
  readonly #logger: Pick<Logger, 'error' | 'info'>;
  readonly #closing = new AbortController();
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #writing: Promise<void> | undefined;
  /** The code of the last write's error; undefined if it succeeded. */
  #failure: string | undefined;

  constructor(path: string, logger: Pick<Logger, 'error' | 'info'>) {
    this.#path = path;
    this.#logger = logger;
  }

  get trouble(): GrowingFile['trouble'] {
    if (this.#failure === undefined) return undefined;
    return { reason: this.#failure, waiting: this.#waiting.length };
  }

  add(line: string): void {
    const bytes = Buffer.from(line);
    if (this.#waitingBytes + bytes.length > MAX_WAITING_BYTES) {
      this.#logger.error('audit.lost', { code: 'UNAVAILABLE', count: 1 });
      return;
    }
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    this.#writing ??= this.#untilWritten();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#writing;
    const count = this.#waiting.length;
    if (count > 0) this.#logger.error('audit.lost', { code: 'UNAVAILABLE', count });
  }

  async #untilWritten(): Promise<void> {
    const { signal } = this.#closing;
    let isLast = false;
    while (this.#waiting.length > 0 && !isLast) {
      // Begun before the end, a failed write is no last try.
      isLast = signal.aborted;
      await this.#writeWaiting();
      if (this.#failure === undefined) isLast = false;
      else await delay(RETRY_MS, undefined, { signal, ref: false }).catch(() => undefined);
    }
    this.#writing = undefined;
  }

  async #writeWaiting(): Promise<void> {
    const bytes = Buffer.concat(this.#waiting);
    let rest = bytes;
    let failure: string | undefined;
    try {
      const file = await open(this.#path, APPENDING, FILE_MODE);
      try {
        while (rest.length > 0) rest = rest.subarray((await file.write(rest)).bytesWritten);
      } finally {
        await file.close();
      }
    } catch (error) {
      failure = codeOf(error);
      if (failure !== this.#failure) this.#logger.error('audit.failed', { code: 'UNAVAILABLE', error });
    }
    this.#drop(bytes.length - rest.length);
    if (failure === undefined && this.#failure !== undefined) this.#logger.info('audit.written_again');
    this.#failure = failure;
  }

  /**
   * Removes the bytes that are written. A line that is written in part is written again, as a line of its own: other servers
   * may have added theirs, or the file may have been moved.
   */
  #drop(writtenBytes: number): void {
    let written = writtenBytes;
    let lines = 0;
    for (const line of this.#waiting) {
      if (written < line.length) break;
      written -= line.length;
      lines += 1;
    }
    const [cut, ...others] = this.#waiting.slice(lines);
    this.#waiting = cut === undefined ? [] : [restOf(cut, written), ...others];
    this.#waitingBytes = this.#waiting.reduce((sum, { length }) => sum + length, 0);
  }
}

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'failed';

function restOf(line: Buffer, written: number): Buffer {
  if (written === 0) return line;
  return written === line.length - 1 ? LINE_BREAK : Buffer.concat([LINE_BREAK, line]);
}
