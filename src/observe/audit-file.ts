import { open } from 'node:fs/promises';
import type { Logger } from '../base/logger.ts';
import { MIB } from '../base/units.ts';

/** A text file that is appended to, in the order of the calls. */
export interface GrowingFile {
  add(text: string): void;
  /** Resolves once everything added is written, or was tried once more. */
  flush(): Promise<void>;
}

/** For its owner only: it shows who worked on what. */
export const FILE_MODE = 0o600;
/** The most that is kept while the file cannot be written; later records are lost and leave a gap. */
const MAX_WAITING_BYTES = 16 * MIB;

/**
 * Opens the file for each write, so that it may be rotated at any time. A failed write, for instance on a full
 * disk, stops no request: the text is kept, the log reports the failure, and the next write includes it.
 */
export function createGrowingFile(path: string, logger: Pick<Logger, 'error'>): GrowingFile {
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  let writing: Promise<void> | undefined;

  /** Returns the rest after a failed write, possibly from the middle of a line. */
  async function write(bytes: Buffer): Promise<Buffer> {
    let rest = bytes;
    try {
      const file = await open(path, 'a', FILE_MODE);
      try {
        while (rest.length > 0) rest = rest.subarray((await file.write(rest)).bytesWritten);
      } finally {
        await file.close();
      }
    } catch (error) {
      logger.error('audit.failed', { code: 'UNAVAILABLE', error });
    }
    return rest;
  }

  async function writeAll(): Promise<void> {
    let isWritten = true;
    while (waiting.length > 0 && isWritten) {
      const bytes = Buffer.concat(waiting);
      waiting = [];
      const rest = await write(bytes);
      isWritten = rest.length === 0;
      if (!isWritten) waiting.unshift(rest);
      waitingBytes -= bytes.length - rest.length;
    }
    writing = undefined;
  }

  return {
    add(text) {
      const bytes = Buffer.from(text);
      if (waitingBytes + bytes.length > MAX_WAITING_BYTES) {
        logger.error('audit.lost', { code: 'UNAVAILABLE', count: 1 });
        return;
      }
      waiting.push(bytes);
      waitingBytes += bytes.length;
      writing ??= writeAll();
    },
    async flush() {
      await writing;
      if (waiting.length > 0) await (writing ??= writeAll());
    },
  };
}
