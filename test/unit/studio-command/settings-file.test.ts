import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeSettings } from '../../../studio/demo/settings-file.ts';

describe('the settings that the demo writes', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'shotgrid-studio-settings-'));
    path = join(folder, '.env.demo');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('are there while it runs, and gone afterwards', async () => {
    const remove = writeSettings(folder, { SHOTGRAPH_PORT: '8080' });
    expect(parseEnv(await readFile(path, 'utf8'))).toEqual({ SHOTGRAPH_PORT: '8080' });
    remove();
    expect(await readdir(folder)).toEqual([]);
  });

  it('replace those of a demo that was ended by force', async () => {
    writeSettings(folder, { SHOTGRAPH_PORT: '8080' });
    writeSettings(folder, { SHOTGRAPH_PORT: '8081' });
    expect(await readFile(path, 'utf8')).toContain('8081');
  });

  it('never replace a file of a person', async () => {
    await writeFile(path, 'SHOTGRAPH_PORT=9000\n');
    expect(() => writeSettings(folder, { SHOTGRAPH_PORT: '8080' })).toThrow('not written by the demo');
    expect(await readFile(path, 'utf8')).toBe('SHOTGRAPH_PORT=9000\n');
  });
});
