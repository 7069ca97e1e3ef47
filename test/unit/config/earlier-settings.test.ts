import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config/load-config.ts';
import { ROOT } from '../../rules/source-files.ts';

/** Every setting of version 0.1.0 with its default: the file is its .env.example. */
const FIXTURE = join(ROOT, 'test', 'fixtures', 'settings-0.1.0.env');

describe('a configuration that an earlier version was run with', () => {
  it('is read: each setting of 0.1.0 is known and keeps its default, and secrets in files are found', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'shotgraph-earlier-'));
    const [script, client] = [join(folder, 'script-key'), join(folder, 'shotgraph.yml')];
    await writeFile(script, 'key-of-the-script\n');
    await writeFile(client, '');
    const text = (await readFile(FIXTURE, 'utf8')).replaceAll(/^# (SHOTGRAPH_\w+=)/gmu, '$1');
    const written: Record<string, string | undefined> = parseEnv(text);
    expect(Object.keys(written).length).toBeGreaterThan(60);
    const config = await loadConfig({
      ...written,
      SHOTGRAPH_CONFIG: client,
      SHOTGRAPH_SITE_SCRIPT_KEY_FILE: script,
      SHOTGRAPH_OIDC_CLIENT_SECRET: 'secret-of-the-client',
      SHOTGRAPH_ENCRYPTION_KEYS: Buffer.from('a key of 32 bytes for the tests!').toString('base64'),
    });
    expect(config.site).toMatchObject({ scriptKey: 'key-of-the-script', scriptKeyFile: script });
    await rm(folder, { recursive: true });
  });
});
