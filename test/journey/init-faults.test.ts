import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CliStudio, startCliStudio } from '../support/cli-studio.ts';
import { freePort } from '../support/free-port.ts';
import { makeCertificate, startTlsProxy } from '../support/tls-proxy.ts';

const TWO_MINUTES_MS = 120_000;

/** What stands in the way of a first hour, beside wrong answers. */
describe('shotgraph init', () => {
  let folder: string;
  let studio: CliStudio;
  beforeAll(async () => {
    studio = await startCliStudio();
  });
  afterAll(() => studio.stop());
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'shotgraph-init-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('writes nothing while the clock of this machine is off, and says by how much', async () => {
    const late = createServer((request, response) => {
      response.setHeader('date', new Date(Date.now() - TWO_MINUTES_MS).toUTCString());
      void fetch(`${studio.siteUrl}${request.url}`).then(async (answer) => response.end(await answer.text()));
    });
    late.listen(0, '127.0.0.1');
    await once(late, 'listening');
    const site = `http://127.0.0.1:${(late.address() as AddressInfo).port}`;
    const { code, said } = await studio.run(['init', folder, '--yes', '--without-npm', '--site', site]);
    late.close();
    late.closeAllConnections();
    expect([code, said]).toEqual([
      1,
      expect.stringMatching(/fail {2}clock .*2 min ahead of the site\n.*NTP/u),
    ]);
    expect(await readdir(folder)).toEqual([]);
  });

  it('writes nothing where the certificate is of an authority of the studio, and says how to name it', async () => {
    const proxy = await startTlsProxy(await makeCertificate());
    const site = ['--site', `https://localhost:${proxy.port}`];
    const { code, said } = await studio.run(['init', folder, '--yes', '--without-npm', ...site]);
    await proxy.close();
    expect([code, said]).toEqual([
      1,
      expect.stringMatching(/fail {2}site .*\n.*authority.*NODE_EXTRA_CA_CERTS/u),
    ]);
    expect(await readdir(folder)).toEqual([]);
  });

  it('writes the files without a network for npm, and says which packages to install later', async () => {
    const { code, said } = await studio.run(['init', folder, '--yes'], {
      npm_config_registry: `http://127.0.0.1:${await freePort()}`,
      npm_config_cache: join(folder, 'cache'),
      npm_config_fetch_retries: '0',
      npm_config_loglevel: 'silent',
      npm_config_update_notifier: 'false',
    });
    expect([code, said]).toEqual([
      1,
      expect.stringMatching(/npm could not install typescript\S*: .*npm install --save-dev typescript/u),
    ]);
    expect(said).toContain('\nNext:\n');
    expect(await readdir(folder)).toEqual(expect.arrayContaining(['.env', 'shotgraph.yml', 'package.json']));
  });
});
