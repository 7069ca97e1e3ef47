import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadExposure } from '../../../src/site/exposure.ts';

describe('the rules of expose.yml, beside the snapshot', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'expose-'));
    await mkdir(join(folder, 'site'));
  });
  afterEach(() => rm(folder, { recursive: true }));
  const load = () => loadExposure(join(folder, 'site'));

  it('are empty if there is no file', async () => {
    await writeFile(join(folder, 'exposed-notes.md'), 'not ours');
    expect([...(await load()).types]).toEqual([]);
  });

  it.each(['expose.yaml', 'Expose.yml', 'EXPOSE.YAML', 'expose.yml.txt'])(
    'are refused under the name %s, since the hidden fields would be shown',
    async (name) => {
      await writeFile(join(folder, name), 'types:\n  Shot: { hide: true }\n');
      await expect(load()).rejects.toThrow(new RegExp(`${name}.*expose\\.yml`, 'u'));
    },
  );

  it('are refused under the right name in the folder of the snapshot itself', async () => {
    await writeFile(join(folder, 'site', 'expose.yml'), 'types:\n  Shot: { hide: true }\n');
    await expect(load()).rejects.toThrow(/expose\.yml.*beside/u);
  });
});
