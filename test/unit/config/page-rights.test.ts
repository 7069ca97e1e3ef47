import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigError, loadConfig } from '../../../src/config/load-config.ts';

const SYSTEMS = `systems:
  farm:
    connector: f.js
    baseUrl: https://farm.studio.example/api
    token: { way: on-behalf-of, scope: x }
`;

describe('the rights of the pages of an app', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'shotgraph-rights-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const load = async (apps: string, publicUrl = 'https://shotgraph.studio.example') => {
    const path = join(folder, 'shotgraph.yml');
    await writeFile(path, `${SYSTEMS}apps:\n${apps}`);
    return loadConfig({
      SHOTGRAPH_CONFIG: path,
      SHOTGRAPH_PUBLIC_URL: publicUrl,
      SHOTGRAPH_SITE_URL: 'https://studio.example',
      SHOTGRAPH_SITE_SCRIPT_NAME: 'shotgraph',
      SHOTGRAPH_SITE_SCRIPT_KEY: 'script-key-of-the-site',
      SHOTGRAPH_OIDC_ISSUER: 'https://login.studio.example/',
      SHOTGRAPH_OIDC_CLIENT_ID: 'shotgraph',
      SHOTGRAPH_OIDC_CLIENT_SECRET: 'secret-of-the-client',
      SHOTGRAPH_ENCRYPTION_KEYS: Buffer.from('a key of 32 bytes for the tests!').toString('base64'),
    });
  };
  const rightsOf = async (apps: string) => (await load(apps)).apps.map(({ pages }) => pages);
  const problemsOf = async (apps: string, publicUrl?: string): Promise<string> => {
    const failure: unknown = await load(apps, publicUrl).catch((error: unknown) => error);
    if (!(failure instanceof ConfigError)) throw new Error('the configuration was accepted');
    return failure.problems.join('\n');
  };
  const OFF = { connect: [], wasm: false, workers: false, framedBy: [] };

  it('are none unless they are set', async () => {
    expect(await rightsOf('  review: { directory: x }\n')).toEqual([OFF]);
  });

  it('name systems and exact origins, and may differ by app if another app gains nothing', async () => {
    const connect = "connect: [farm, 'https://files.studio.example:8443', 'wss://live.studio.example']";
    const frame = "framedBy: ['https://portal.studio.example']";
    const files = [
      'https://farm.studio.example',
      'https://files.studio.example:8443',
      'wss://live.studio.example',
    ];
    expect(
      await rightsOf(
        `  review: { directory: x, ${connect}, wasm: true, ${frame} }\n  notes: { directory: y, ${connect}, workers: true }\n`,
      ),
    ).toEqual([
      { connect: files, wasm: true, workers: false, framedBy: ['https://portal.studio.example'] },
      { ...OFF, connect: files, workers: true },
    ]);
  });

  it('are refused where another app of the same origin could use them', async () => {
    const other = await problemsOf(
      '  review: { directory: x, connect: [farm] }\n  notes: { directory: y }\n',
    );
    expect(other).toMatch(/"review" and "notes" are served at one origin.*give both the same "connect"/u);
    // An app elsewhere has windows of its own.
    await load(
      '  review: { directory: x, connect: [farm] }\n  notes: { origin: https://notes.studio.example }\n',
    );
  });

  it.each([
    [
      'itself, which is every app of this server',
      'https://shotgraph.studio.example',
      /every other app here/u,
    ],
    ['another site', 'https://portal.elsewhere.example', /another site than/u],
    ['the same host without TLS', 'http://portal.studio.example', /another site than/u],
    ['an address', 'https://10.0.0.7', /another site than/u],
  ])('are refused to an app that is framed by %s', async (_, origin, sentence) => {
    expect(await problemsOf(`  review: { directory: x, framedBy: ['${origin}'] }\n`)).toMatch(sentence);
  });

  it('treat as one site what browsers treat as one, however deep the names and shared the suffix', async () => {
    const deep = 'https://portal.web.studio.example';
    const [app] = await load(
      `  review: { directory: x, framedBy: ['${deep}'] }\n`,
      'https://sg.tools.studio.example',
    ).then(({ apps }) => apps);
    expect(app?.pages?.framedBy).toEqual([deep]);
    // Everybody may have a name below this suffix: put together here, since such hosts may be real ones.
    const suffix = 'co.uk';
    const evil = `  review: { directory: x, framedBy: ['https://evil.${suffix}'] }\n`;
    expect(await problemsOf(evil, `https://studio.${suffix}`)).toMatch(/another site than/u);
  });

  it.each([
    'https://*.studio.example',
    "https://farm.studio.example;script-src'unsafe-inline'",
    'https://a,b.example',
    'https://farm.studio.example/api',
    'wss://farm.studio.example/live',
    '*',
    'https:',
    'data:',
  ])('take no source that a browser reads as more than one origin: %s', async (source) => {
    for (const right of ['connect', 'framedBy'] as const) {
      const problems = await problemsOf(
        `  review: { directory: x, ${right}: [${JSON.stringify(source)}] }\n`,
      );
      expect(problems).toMatch(new RegExp(`apps\\.review|${right}`, 'u'));
    }
  });

  it('name no system that the file does not have, and nothing without TLS', async () => {
    expect(await problemsOf('  review: { directory: x, connect: [frm] }\n')).toContain('no system "frm"');
    expect(await problemsOf('  review: { directory: x, connect: [constructor] }\n')).toContain('no system');
    expect(await problemsOf("  review: { directory: x, connect: ['http://farm.example'] }\n")).toMatch(
      /must begin with https/u,
    );
    expect(await problemsOf("  review: { directory: x, connect: ['ws://farm.example'] }\n")).toMatch(
      /must begin with wss/u,
    );
    expect(await problemsOf("  review: { directory: x, framedBy: ['wss://farm.example'] }\n")).toMatch(
      /apps\.review/u,
    );
  });
});
