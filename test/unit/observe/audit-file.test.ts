import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import {
  appendFile,
  mkdtemp,
  open as openFile,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  unlink,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogger } from '../../../src/base/logger.ts';
import { type Audit, createAudit } from '../../../src/observe/audit.ts';
import { TrailVerifier, type Verdict } from '../../../src/observe/audit-chain.ts';

const HALF_RECORD = JSON.stringify({ audit: 1, instance: 'killed', number: 1 }).slice(0, -5);
const nothing = { bytesRead: 0, buffer: Buffer.alloc(0) };

describe('The file of an audit trail', () => {
  let folder: string;
  let path: string;
  let log: string[];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'shotgraph-trail-'));
    path = join(folder, 'audit.jsonl');
    log = [];
  });
  afterEach(() => rm(folder, { recursive: true }));

  const open = (): Promise<Audit> =>
    createAudit({
      destination: path,
      clock: { now: () => 1_790_000_000_000 },
      logger: createLogger({ level: 'info', write: (line) => log.push(line) }),
    });
  const change = (audit: Audit, times = 1): void => {
    for (let time = 0; time < times; time += 1) audit.record({ action: 'change', outcome: 'done' });
  };
  const verdict = async (...paths: string[]): Promise<Verdict> => {
    const verifier = new TrailVerifier();
    for (const each of paths) {
      for (const [index, line] of (await readFile(each, 'utf8')).split('\n').entries()) {
        verifier.read(line, `${each}:${index + 1}`);
      }
    }
    return verifier.verdict();
  };
  const verdictOf = (text: string): Verdict => {
    const verifier = new TrailVerifier();
    for (const [index, line] of text.split('\n').entries()) verifier.read(line, `line ${index + 1}`);
    return verifier.verdict();
  };
  const until = async (isTrue: () => boolean | Promise<boolean>): Promise<void> => {
    while (!(await isTrue())) await new Promise((resolve) => setImmediate(resolve));
  };
  const isThere = (): Promise<boolean> =>
    stat(path).then(
      ({ size }) => size > 0,
      () => false,
    );

  it('is for its owner only, and whole after a proper stop', async () => {
    const audit = await open();
    change(audit, 500);
    await audit.close();
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await verdict(path)).toMatchObject({ records: 502, problems: [], unended: [], otherLines: 0 });
  });

  it('may be moved away while the server writes: the trail goes on in a new one', async () => {
    const audit = await open();
    change(audit, 3);
    await until(isThere);
    const old = join(folder, 'audit.1.jsonl');
    await rename(path, old);
    change(audit, 3);
    await audit.close();
    const [before, all] = [await verdict(old), await verdict(old, path)];
    expect([before.unended.length, all]).toEqual([
      1,
      expect.objectContaining({ records: 8, problems: [], unended: [] }),
    ]);
    expect((await verdict(path)).problems).toHaveLength(1);
  });

  it('on a full disk is written once there is room again, and nothing is lost', async () => {
    const room = join(folder, 'room.jsonl');
    await symlink('/dev/full', path);
    const audit = await open();
    change(audit, 3);
    await until(() => log.some((line) => line.includes('audit.failed')));
    await unlink(path);
    await symlink(room, path);
    change(audit);
    await audit.close();
    expect(await verdict(room)).toMatchObject({ records: 6, problems: [], unended: [], otherLines: 0 });
  });

  it('on a disk that stays full is kept within its limit, and the lost records are a named gap', async () => {
    await symlink('/dev/full', path);
    const audit = await open();
    const fields = Array.from({ length: 20_000 }, (_, index) => `a_field_with_a_name_of_its_own_${index}`);
    for (let time = 0; time < 30; time += 1) {
      audit.record({ action: 'change', outcome: 'done', fields });
    }
    const lost = log.filter((line) => line.includes('audit.lost')).length;
    expect(lost).toBeGreaterThan(0);
    const room = join(folder, 'room.jsonl');
    await unlink(path);
    await symlink(room, path);
    await audit.close();
    const { records, problems } = await verdict(room);
    expect([records, problems]).toEqual([
      32 - lost,
      [expect.stringContaining(`is number 32 where ${32 - lost} was due`)],
    ]);
    expect(log.filter((line) => line.includes('audit.lost'))).toHaveLength(lost);
  });

  it('is written again without a further record once there is room', async () => {
    const room = join(folder, 'room.jsonl');
    await symlink('/dev/full', path);
    const audit = await open();
    change(audit, 3);
    await until(() => audit.finding?.().reason === 'ENOSPC');
    await unlink(path);
    await symlink(room, path);
    await until(isThere);
    await until(() => audit.finding?.().reason === undefined);
    expect(await verdict(room)).toMatchObject({ records: 4, problems: [] });
    expect(log.filter((line) => line.includes('audit.written_again'))).toHaveLength(1);
    await audit.close();
  });

  it('says how many records are lost with a server that stops while it cannot write', async () => {
    await symlink('/dev/full', path);
    const audit = await open();
    change(audit, 3);
    await audit.close();
    const lost = log.map((line) => JSON.parse(line) as object).at(-1);
    expect(lost).toMatchObject({ event: 'audit.lost', count: 5 });
  });

  it('as a pipe that nobody reads keeps its records, and the server can stop', async () => {
    await promisify(execFile)('mkfifo', [path]);
    const audit = await open();
    change(audit, 3);
    await until(() => audit.finding?.().reason === 'ENXIO');
    await audit.close();
    expect(log.at(-1)).toContain('audit.lost');
  });

  it('that takes half a record gets it once more as a line of its own', async () => {
    await promisify(execFile)('mkfifo', [path]);
    const audit = await open();
    const reader = await openFile(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const fields = Array.from({ length: 500 }, (_, index) => `a_field_${index}`);
    // More than a pipe holds at once, which ends in the middle of one of them.
    for (let time = 0; time < 12; time += 1) audit.record({ action: 'change', outcome: 'done', fields });
    let text = '';
    const read = async (): Promise<void> => {
      const { bytesRead, buffer } = await reader.read(Buffer.alloc(65_536)).catch(() => nothing);
      text += buffer.toString('utf8', 0, bytesRead);
    };
    await until(() => audit.finding?.().reason === 'EAGAIN');
    await until(async () => {
      await read();
      return audit.finding?.().reason === undefined;
    });
    await read();
    await audit.close();
    await read();
    await reader.close();
    expect(verdictOf(text)).toMatchObject({ records: 14, problems: [], unended: [], otherLines: 1 });
    expect(log.some((line) => line.includes('audit.lost'))).toBe(false);
  });

  it('loses no record that follows half a record of another server on the same line', async () => {
    const audit = await open();
    await until(isThere);
    await appendFile(path, HALF_RECORD);
    change(audit);
    await audit.close();
    expect(await verdict(path)).toMatchObject({ records: 3, problems: [], unended: [] });
  });

  it('of a server that was killed in the middle of a record loses no record of the next one', async () => {
    const audit = await open();
    await until(isThere);
    await appendFile(path, HALF_RECORD);
    const next = await open();
    await next.close();
    await audit.close();
    expect(await verdict(path)).toMatchObject({ instances: 2, problems: [], unended: [], otherLines: 1 });
  });

  it('of a server that was killed shows that', async () => {
    const audit = await open();
    change(audit);
    await until(isThere);
    const next = await open();
    await next.close();
    expect(await verdict(path)).toMatchObject({ instances: 2, problems: [], unended: [expect.any(String)] });
    await audit.close();
  });
});
