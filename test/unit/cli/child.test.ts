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

  it('takes with it what it has left behind, once, when it ends by itself', async () => {
    const kill = vi.spyOn(process, 'kill');
    expect(await start(LEAVES_ONE_BEHIND).ended).toBe(7);
    const groups = kill.mock.calls.filter(([, signal]) => signal === 'SIGKILL').map(([pid]) => pid);
    expect(groups).toEqual([expect.any(Number)]);
    expect(groups[0]).toBeLessThan(0);
  });

  it('gets no signal after it has ended: its id may be that of another program by then', async () => {
    const child = start('');
    expect(await child.ended).toBe(0);
    const kill = vi.spyOn(process, 'kill');
    await child.stop();
    expect(kill).not.toHaveBeenCalled();
  });

  it('ends in order where it is told to', async () => {
    const child = start('setInterval(() => {}, 1000)');
    await child.stop();
    expect(await child.ended).toBeNull();
  });
});
