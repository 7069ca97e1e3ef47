import { createServer } from 'node:http';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CliStudio, startCliStudio } from '../support/cli-studio.ts';

/** An administrator sets Shotgraph up; the doctor says what is wrong and what to do. */
describe('shotgraph doctor', () => {
  let studio: CliStudio;
  beforeAll(async () => {
    studio = await startCliStudio();
  });
  afterAll(() => studio.stop());

  it('finds no problem in a correct setup', async () => {
    const { code, said } = await studio.run(['doctor', '--claims', '{"preferred_username": "mira"}']);
    expect(said).not.toMatch(/^fail/mu);
    expect(code).toBe(0);
    for (const check of [
      'settings',
      'schema',
      'store',
      'site',
      'clock',
      'script',
      'sudo',
      'provider',
      'claim',
    ]) {
      expect(said).toMatch(new RegExp(`^ok {4}${check} `, 'mu'));
    }
    expect(said).toMatch(/^ok {4}redirect URI .*\/auth\/callback is accepted/mu);
    expect(said).toMatch(/^ok {4}client secret /mu);
    expect(said).toMatch(/^ok {4}mapping .*Mira Okafor \(mira, HumanUser 31, .*\), by sudo/mu);
    expect(said).toMatch(/^ok {4}sudo .*\(HumanUser \d+, role /mu);
    expect(said).toContain('Everything that was checked is fine.');
  });

  it.each<[string, readonly string[], Record<string, string>, string, RegExp]>([
    ['a setting that is wrong', [], { SHOTGRAPH_PUBLIC_URL: 'localhost' }, 'settings', /docs\/settings\.md/u],
    ['another script key', [], { SHOTGRAPH_SITE_SCRIPT_KEY: 'wrong-key-0000' }, 'script', /SCRIPT_KEY/u],
    [
      'a site that is not there',
      [],
      { SHOTGRAPH_SITE_URL: 'http://127.0.0.1:9' },
      'site',
      /SHOTGRAPH_SITE_URL/u,
    ],
    ['a person who is exempt', ['--person', 'ada'], {}, 'sudo', /can_impersonate_this_user/u],
    ['a person who is disabled', ['--person', 'kenji'], {}, 'sudo', /Activate kenji/u],
    ['a person who is not there', ['--person', 'mirra'], {}, 'sudo', /check its spelling/u],
    [
      'a provider that is not there',
      [],
      { SHOTGRAPH_OIDC_ISSUER: 'http://127.0.0.1:9' },
      'provider',
      /OIDC_ISSUER/u,
    ],
    [
      'a redirect URI that nobody registered',
      [],
      { SHOTGRAPH_PUBLIC_URL: 'http://localhost:4999' },
      'redirect URI',
      /Register http:\/\/localhost:4999\/auth\/callback/u,
    ],
    [
      'another client secret',
      [],
      { SHOTGRAPH_OIDC_CLIENT_SECRET: 'not-the-secret-at-all' },
      'client secret',
      /CLIENT_SECRET/u,
    ],
    [
      'a claim that is not offered',
      [],
      { SHOTGRAPH_IDENTITY_CLAIM: 'upn' },
      'claim',
      /SHOTGRAPH_IDENTITY_CLAIM/u,
    ],
    ['no snapshot of the schema', [], { SHOTGRAPH_SCHEMA_DIRECTORY: '/nowhere' }, 'schema', /schema pull/u],
    ['Redis away', [], { SHOTGRAPH_STORE_URL: 'redis://127.0.0.1:9' }, 'store', /SHOTGRAPH_STORE_URL/u],
    ['claims of nobody', ['--claims', '{"preferred_username": "nobody"}'], {}, 'mapping', /IDENTITY_CLAIM/u],
  ])('explains how to fix %s', async (...[, args, environment, check, advice]) => {
    const { code, said } = await studio.run(['doctor', ...args], environment);
    expect(code).toBe(1);
    const lines = said.split('\n');
    const at = lines.findIndex((line) => line.startsWith('fail') && line.slice(6).startsWith(check));
    expect(`${check}: ${at >= 0 ? 'failed' : said}`).toBe(`${check}: failed`);
    expect(lines[at + 1]).toMatch(advice);
    // Nothing else is blamed for it.
    expect(lines.filter((line) => line.startsWith('fail'))).toEqual([lines[at]]);
    for (const secret of ['wrong-key-0000', 'not-the-secret-at-all', 'canary'])
      expect(said).not.toContain(secret);
  });

  it('detects a wrong clock', async () => {
    const late = createServer((request, response) => {
      response.setHeader('date', new Date(Date.now() - 120_000).toUTCString());
      void fetch(`${studio.siteUrl}${request.url}`).then(async (answer) => response.end(await answer.text()));
    });
    late.listen(0, '127.0.0.1');
    await once(late, 'listening');
    const url = `http://127.0.0.1:${(late.address() as AddressInfo).port}`;
    const { code, said } = await studio.run(['doctor'], { SHOTGRAPH_SITE_URL: url });
    late.close();
    late.closeAllConnections();
    expect(code).toBe(1);
    expect(said).toMatch(/^fail {2}clock .*2 min ahead of the site\n.*NTP/mu);
  });

  it('detects a script that may not act for people, and a provider with another issuer name', async () => {
    const strict = await startCliStudio({ switches: { 'auth.sudoRight': 'no_role' } });
    const { said } = await strict.run(['doctor', '--person', 'mira']);
    expect(said).toMatch(/^fail {2}sudo .*\n.*advanced permission "sudo"/mu);
    const renamed = await strict.run(['doctor'], {
      SHOTGRAPH_OIDC_ISSUER: strict.issuer.replace('localhost', '127.0.0.1'),
    });
    expect(renamed.said).toMatch(/^fail {2}provider .*the provider calls itself .*\n.*to exactly what/mu);
    await strict.stop();
  });

  it('names a connector that loads by itself and does not fit into the graph', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'shotgraph-doctor-'));
    const file = join(folder, 'shotgraph.yml');
    const connector = "export const connector = { typeDefs: 'extend type Shott { frames: Int }' };\n";
    await writeFile(join(folder, 'farm.js'), connector);
    await writeFile(join(folder, 'package.json'), '{"type": "module"}');
    await writeFile(
      file,
      "systems: { farm: { baseUrl: 'http://127.0.0.1:9', token: { way: forward }, connector: farm.js } }\n",
    );
    const { code, said } = await studio.run(['doctor'], { SHOTGRAPH_CONFIG: file });
    await rm(folder, { recursive: true });
    expect(said).toMatch(/^fail {2}systems .*farm.*Shott/mu);
    expect(code).toBe(1);
  });

  it('prints JSON for programs, with a warning of a front end that gets no cookie (C26), and refuses unknown arguments', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'shotgraph-doctor-'));
    const file = join(folder, 'shotgraph.yml');
    await writeFile(file, "apps: { tools: { origin: 'https://tools.elsewhere.example' } }\n");
    const { said } = await studio.run(['doctor', '--json'], { SHOTGRAPH_CONFIG: file });
    await rm(folder, { recursive: true });
    const findings = JSON.parse(said) as {
      level: string;
      check: string;
      found: string;
      advice: string | null;
    }[];
    expect(findings.every(({ level }) => level !== 'fail')).toBe(true);
    const [warned] = findings.filter(({ check, level }) => check === 'front end' && level === 'warn');
    expect([warned?.found, warned?.advice]).toEqual([
      expect.stringContaining('https://tools.elsewhere.example is at another site'),
      expect.stringContaining('a host of the same site'),
    ]);
    expect((await studio.run(['doctor', '--claims', 'mira'])).code).toBe(2);
    expect((await studio.run(['doctor', '--person', 'a\nb'])).code).toBe(2);
  });
});
