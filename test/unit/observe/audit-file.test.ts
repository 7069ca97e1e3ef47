import { mkdtemp, readFile, rename, rm, stat, symlink, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createLogger } from '../../../src/base/logger.ts';
import { type Audit, createAudit } from '../../../src/observe/audit.ts';
import { TrailVerifier, type Verdict } from '../../../src/observe/audit-chain.ts';

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

  it('on a disk that stays full keeps no more than it may, and says what it lost', async () => {
    await symlink('/dev/full', path);
    const audit = await open();
    const fields = Array.from({ length: 20_000 }, (_, index) => `a_field_with_a_name_of_its_own_${index}`);
    for (let time = 0; time < 30; time += 1) {
      audit.record({ action: 'change', outcome: 'done', fields });
    }
    await audit.close();
    expect(log.filter((line) => line.includes('audit.lost')).length).toBeGreaterThan(0);
  });

  it('of a server that was killed says so', async () => {
    const audit = await open();
    change(audit);
    await until(isThere);
    const next = await open();
    await next.close();
    expect(await verdict(path)).toMatchObject({ instances: 2, problems: [], unended: [expect.any(String)] });
    await audit.close();
  });
});
