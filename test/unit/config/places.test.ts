import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../../src/app.ts';
import { createLogger } from '../../../src/base/logger.ts';
import { checkPlaces } from '../../../src/cli/places.ts';
import type { Config } from '../../../src/config/config.ts';
import { loadOnce } from '../../../src/loaded.ts';
import { ROOT } from '../../rules/source-files.ts';
import { amiOf } from '../../support/ami.ts';
import { plainApp, testConfig } from '../../support/bff-config.ts';

describe('the files and addresses of the configuration', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'shotgraph-places-'));
    await mkdir(join(folder, 'app'));
    await writeFile(join(folder, 'app', 'index.html'), '<!doctype html>');
  });
  afterAll(() => rm(folder, { recursive: true }));

  const configOf = (changes: Partial<Config>): Config => ({
    ...testConfig(0, 'http://127.0.0.1:9'),
    schemaDirectory: join(ROOT, 'schema/site'),
    apps: [plainApp(join(folder, 'app'))],
    ...changes,
  });

  it('have no problem if everything exists', async () => {
    expect(await checkPlaces(configOf({ auditDestination: join(folder, 'audit.jsonl') }))).toEqual([]);
  });

  it('is reported all at once, each with its setting and what to do', async () => {
    const problems = await checkPlaces(
      configOf({
        apps: [plainApp(join(folder, 'none'))],
        auditDestination: join(folder, 'none', 'audit.jsonl'),
        amis: [amiOf({ entityTypes: ['Version', 'Shott'] }), amiOf({ name: 'b', entityTypes: ['Qqq'] })],
        extensions: [join(folder, 'none.js')],
        systems: [
          {
            name: 'farm',
            connector: join(folder, 'none.js'),
            graphql: null,
            baseUrl: 'https://farm.example',
            timeoutMs: 1000,
            token: { way: 'forward', audience: '' },
          },
        ],
      }),
    );
    expect(problems).toEqual([
      expect.stringMatching(/apps\.review\.directory: there is no index\.html in .*Build the front end/u),
      expect.stringMatching(/amis\.review\.entityTypes: .* no type Shott\. Did you mean Shot\?/u),
      expect.stringMatching(/amis\.b\.entityTypes: .* no type Qqq\. Correct it/u),
      expect.stringMatching(/SHOTGRAPH_AUDIT: the folder .*Make it/u),
      expect.stringMatching(/The system "farm" cannot be used/u),
      expect.stringMatching(/The extension "none" cannot be used: .*none\.js: it cannot be loaded/u),
    ]);
  });

  it('name the files of a schema that was never pulled', async () => {
    const problems = await checkPlaces(configOf({ schemaDirectory: join(folder, 'none') }));
    expect(problems).toEqual([expect.stringMatching(/entity-types\.json cannot be read.*schema pull/u)]);
  });

  it('is loaded once for the checks and the server: a schema that is gone after the checks is not missed', async () => {
    const schemaDirectory = join(folder, 'schema');
    await cp(join(ROOT, 'schema/site'), schemaDirectory, { recursive: true });
    const config = configOf({ schemaDirectory });
    const loaded = loadOnce(config);
    expect(await checkPlaces(config, loaded)).toEqual([]);
    await rm(schemaDirectory, { recursive: true });
    const app = await createApp(config, { logger: createLogger({ level: 'silent' }), loaded });
    await app.stop();
    expect(await loaded.schema()).toBe(await loaded.schema());
  });
});
