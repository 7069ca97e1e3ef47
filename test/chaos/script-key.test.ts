import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WITHOUT_LISTS } from '../support/operation-lists.ts';
import { startStudioProcess, type StudioProcess } from '../support/studio-process.ts';
import { CANARIES } from '../support/studio.ts';

const OTHER_KEY = 'canary-another-key-of-the-script';
const POLL_MS = 50;

/** The real command in a process of its own, and the real signal. */
describe('SIGHUP', () => {
  let folder: string;
  let keyFile: string;
  let studio: StudioProcess | undefined;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'shotgraph-hup-'));
    keyFile = join(folder, 'script-key');
    await writeFile(keyFile, `${CANARIES.scriptKey}\n`);
  });
  afterEach(async () => {
    await studio?.stop();
    await rm(folder, { recursive: true });
  });

  const until = async (isSo: () => boolean | Promise<boolean>): Promise<void> => {
    while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  };
  const linesOf = ({ server }: StudioProcess, event: string): readonly { reason?: string }[] =>
    server
      .output()
      .split('\n')
      .filter((line) => line.includes(`"${event}"`))
      .map((line) => JSON.parse(line) as { reason?: string });
  const isReady = async ({ bffUrl }: StudioProcess): Promise<boolean> =>
    (await fetch(`${bffUrl}/readyz`)).status === 200;

  it('reads the key of the script from its file again, and keeps the old key if the file is invalid', async () => {
    const started = await startStudioProcess({
      SHOTGRAPH_SITE_SCRIPT_KEY: '',
      SHOTGRAPH_SITE_SCRIPT_KEY_FILE: keyFile,
      SHOTGRAPH_LOG_LEVEL: 'info',
    });
    studio = started;
    const hangUp = async (text: string, event: string): Promise<string | undefined> => {
      const before = linesOf(started, event).length;
      await writeFile(keyFile, text);
      started.server.signal('SIGHUP');
      await until(() => linesOf(started, event).length > before);
      return linesOf(started, event).at(-1)?.reason;
    };
    expect(await hangUp(`${OTHER_KEY}\n`, 'site.script_key_read')).toBe('another key');
    // The site does not know this key.
    await until(async () => !(await isReady(started)));
    expect(await hangUp(CANARIES.scriptKey, 'site.script_key_read')).toBe('another key');
    await until(() => isReady(started));
    expect(await hangUp('short', 'site.script_key_unusable')).toMatch(/at least 8 characters/u);
    expect(await hangUp(CANARIES.scriptKey, 'site.script_key_read')).toBe('the same key');
    expect(await isReady(started)).toBe(true);
    expect(started.server.output()).not.toContain(OTHER_KEY);
    expect(started.server.output()).not.toContain(CANARIES.scriptKey);
  });

  it('ends a server whose key is a setting', async () => {
    studio = await startStudioProcess(WITHOUT_LISTS);
    studio.server.signal('SIGHUP');
    expect(await studio.server.exited).toBeNull();
  });
});
