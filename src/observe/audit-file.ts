import { open } from 'node:fs/promises';
import type { Logger } from '../base/logger.ts';
import { MIB } from '../base/units.ts';

/** A text file that is added to, in the order of the calls. */
export interface GrowingFile {
  add(text: string): void;
  /** Everything added is written, or was tried once more. */
  flush(): Promise<void>;
}

/** For its owner only: it says who worked on what. */
export const FILE_MODE = 0o600;
/** So much is kept while the file cannot be written; what comes after that is lost, and leaves a gap. */
const MAX_WAITING_BYTES = 16 * MIB;

/**
 * Opens the file for each writing, so that it may be moved away at any time and a new one begins. What cannot be written,
 * because the disk is full for instance, stops nobody: it is kept, an administrator hears of it by the log, and it is
 * written with what comes next.
 */
export function createGrowingFile(path: string, logger: Pick<Logger, 'error'>): GrowingFile {
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  let writing: Promise<void> | undefined;

  /** Gives what is left where the writing broke off, in the middle of a line perhaps. */
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
