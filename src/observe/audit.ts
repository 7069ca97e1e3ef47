import { open } from 'node:fs/promises';
import type { Clock } from '../base/clock.ts';
import { randomToken } from '../base/ids.ts';
import type { Logger } from '../base/logger.ts';
import type { AuditEntry } from './audit-entry.ts';
import { sealRecord } from './audit-chain.ts';
import { createGrowingFile, FILE_MODE, type GrowingFile } from './audit-file.ts';
import type { Found } from './readiness.ts';
import { RepeatedRecords } from './repeated-records.ts';

/** Records decisions and changes; each record is bound to the previous one. */
export interface Audit {
  record(entry: AuditEntry): void;
  /** For events that a stranger can cause without limit: one record a minute of each kind, with a count. */
  recordRepeated(entry: AuditEntry): void;
  /** Whether the trail's file can be written, for operators; undefined if it has none. */
  readonly finding: (() => Found) | undefined;
  /** Writes the final record; resolves once everything is written. */
  close(): Promise<void>;
}

export interface AuditDeps {
  /** `off`, `stdout`, or the path of a file to append to. */
  readonly destination: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Errors: those of the file system, if the file cannot be opened. */
export async function createAudit({ destination, clock, logger }: AuditDeps): Promise<Audit> {
  if (destination === 'off') {
    const nothing = (): void => undefined;
    return { record: nothing, recordRepeated: nothing, finding: undefined, close: () => Promise.resolve() };
  }
  const output = destination === 'stdout' ? toStdout() : await toFile(destination, logger);
  const instance = randomToken().slice(0, 12);
  let { previous } = output;
  let number = 0;
  let isOver = false;
  const audit: Audit = {
    record(entry) {
      if (isOver) {
        logger.warn('audit.after_end', { code: 'UNAVAILABLE', reason: entry.action });
        return;
      }
      number += 1;
      const time = new Date(clock.now()).toISOString();
      const sealed = sealRecord({ instance, number, previous }, { time, ...entry });
      previous = sealed.hash;
      output.write(`${sealed.line}\n`);
    },
    recordRepeated: (entry) => repeated.add(entry),
    finding: output.finding,
    async close() {
      repeated.flush();
      audit.record({ action: 'server.stopped', outcome: 'done' });
      isOver = true;
      await output.close();
    },
  };
  const repeated = new RepeatedRecords((entry) => audit.record(entry));
  audit.record({ action: 'server.started', outcome: 'done' });
  return audit;
}

interface Output {
  readonly previous: string | null;
  readonly finding: Audit['finding'];
  write(line: string): void;
  close(): Promise<void>;
}

const toStdout = (): Output => ({
  previous: null,
  finding: undefined,
  write: (line) => void process.stdout.write(line),
  close: () => Promise.resolve(),
});

async function toFile(path: string, logger: Logger): Promise<Output> {
  const { previous, isCut } = await endOf(path);
  const file = createGrowingFile(path, logger);
  let before = isCut ? '\n' : '';
  return {
    previous,
    finding: () => findingOf(file),
    write(line) {
      file.add(`${before}${line}`);
      before = '';
    },
    close: () => file.close(),
  };
}

function findingOf({ trouble }: GrowingFile): Found {
  if (trouble === undefined) return {};
  const { reason, waiting } = trouble;
  return {
    reason,
    detail: `The file of the audit trail cannot be written. ${waiting} records wait in memory. Make room, or make its folder writable.`,
  };
}

const TAIL_BYTES = 65_536;

/**
 * The hash in the file's last record, so that the chain continues after a restart; and whether its last line was cut off, so
 * that the next record is not appended to it.
 */
async function endOf(path: string): Promise<{ readonly previous: string | null; readonly isCut: boolean }> {
  const file = await open(path, 'a+', FILE_MODE);
  try {
    const { size } = await file.stat();
    const length = Math.min(size, TAIL_BYTES);
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
    const text = buffer.toString('utf8');
    const hashes = [...text.matchAll(/"hash":"(?<hash>[0-9a-f]{64})"\}/gu)];
    return { previous: hashes.at(-1)?.groups?.['hash'] ?? null, isCut: text !== '' && !text.endsWith('\n') };
  } finally {
    await file.close();
  }
}
