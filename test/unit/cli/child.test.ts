import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { startNode } from '../../../src/cli/dev/child.ts';
import { ROOT } from '../../rules/source-files.ts';

const LEAVES_ONE_BEHIND = `
  const { spawn } = require('node:child_process');
  const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  other.unref();
  process.exit(7);
`;

describe('a program that "dev" runs', () => {
  afterEach(() => vi.restoreAllMocks());
  const start = (script: string) =>
    startNode(['-e', script], { folder: ROOT, atOnce: new AbortController().signal });

  it('ends its remaining child processes, once, when it ends by itself', async () => {
    const kill = vi.spyOn(process, 'kill');
    expect(await start(LEAVES_ONE_BEHIND).ended).toBe(7);
    const groups = kill.mock.calls.filter(([, signal]) => signal === 'SIGKILL').map(([pid]) => pid);
    expect(groups).toEqual([expect.any(Number)]);
    expect(groups[0]).toBeLessThan(0);
  });

  it('gets no signal after it has ended, since its id may belong to another program by then', async () => {
    const child = start('');
    expect(await child.ended).toBe(0);
    const kill = vi.spyOn(process, 'kill');
    await child.stop();
    expect(kill).not.toHaveBeenCalled();
  });

  it('ends in order on request', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'shotgraph-child-'));
    const mark = join(folder, 'listens');
    const child = start(`
      process.on('SIGTERM', () => process.exit(3));
      setInterval(() => {}, 1000);
      require('node:fs').writeFileSync(${JSON.stringify(mark)}, '');
    `);
    await expect.poll(() => existsSync(mark), { timeout: 30_000 }).toBe(true);
    await child.stop();
    await rm(folder, { recursive: true });
    expect(await child.ended).toBe(3);
  });
});
