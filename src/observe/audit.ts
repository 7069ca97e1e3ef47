import { open } from 'node:fs/promises';
import type { Clock } from '../base/clock.ts';
import { randomToken } from '../base/ids.ts';
import type { Logger } from '../base/logger.ts';
import type { AuditEntry } from './audit-entry.ts';
import { sealRecord } from './audit-chain.ts';
import { createGrowingFile, FILE_MODE } from './audit-file.ts';
import { RepeatedRecords } from './repeated-records.ts';

/** Records decisions and changes; each record is bound to the previous one. */
export interface Audit {
  record(entry: AuditEntry): void;
  /** For events that a stranger can cause without limit: one record a minute of each kind, with a count. */
  recordRepeated(entry: AuditEntry): void;
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
    return { record: nothing, recordRepeated: nothing, close: () => Promise.resolve() };
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
  write(line: string): void;
  close(): Promise<void>;
}

const toStdout = (): Output => ({
  previous: null,
  write: (line) => void process.stdout.write(line),
  close: () => Promise.resolve(),
});

async function toFile(path: string, logger: Logger): Promise<Output> {
  const previous = await lastHashOf(path);
  const file = createGrowingFile(path, logger);
  return { previous, write: (line) => file.add(line), close: () => file.flush() };
}

const TAIL_BYTES = 65_536;

/** The hash in the file's last record, so that the chain continues after a restart. */
async function lastHashOf(path: string): Promise<string | null> {
  const file = await open(path, 'a+', FILE_MODE);
  try {
    const { size } = await file.stat();
    const length = Math.min(size, TAIL_BYTES);
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
    const hashes = [...buffer.toString('utf8').matchAll(/"hash":"(?<hash>[0-9a-f]{64})"\}/gu)];
    return hashes.at(-1)?.groups?.['hash'] ?? null;
  } finally {
    await file.close();
  }
}
