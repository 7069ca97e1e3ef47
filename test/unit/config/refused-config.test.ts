import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Environment } from '../../../src/config/environment.ts';
import { ConfigError, loadConfig } from '../../../src/config/load-config.ts';

const KEY = Buffer.from('a key of 32 bytes for the tests!').toString('base64');
const LISTS = `
amis:
  review:
    secrets: ["\${SHOTGRAPH_AMI_SECRET_REVIEW}"]
    entityTypes: [Version]
    opens: /apps/review/
apps:
  review: { directory: front-ends/review }
`;

describe('the configuration', () => {
  let folder: string;
  let good: Environment;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'shotgraph-config-'));
    await writeFile(join(folder, 'shotgraph.yml'), LISTS);
    good = {
      SHOTGRAPH_CONFIG: join(folder, 'shotgraph.yml'),
      SHOTGRAPH_PUBLIC_URL: 'https://shotgraph.studio.example/',
      SHOTGRAPH_SITE_URL: 'https://studio.example',
      SHOTGRAPH_SITE_SCRIPT_NAME: 'shotgraph',
      SHOTGRAPH_SITE_SCRIPT_KEY: 'script-key-of-the-site',
      SHOTGRAPH_OIDC_ISSUER: 'https://login.studio.example/',
      SHOTGRAPH_OIDC_CLIENT_ID: 'shotgraph',
      SHOTGRAPH_OIDC_CLIENT_SECRET: 'secret-of-the-client',
      SHOTGRAPH_ENCRYPTION_KEYS: KEY,
      SHOTGRAPH_AMI_SECRET_REVIEW: 'a-secret-of-enough-bytes',
    };
  });
  afterAll(() => rm(folder, { recursive: true }));

  const problemsOf = async (changes: Environment): Promise<readonly string[]> => {
    const failure: unknown = await loadConfig({ ...good, ...changes }).catch((error: unknown) => error);
    if (!(failure instanceof ConfigError)) throw new Error('the configuration was accepted');
    return failure.problems;
  };
  const withLists = async (text: string): Promise<Environment> => {
    const path = join(await mkdtemp(join(folder, 'lists-')), 'shotgraph.yml');
    await writeFile(path, text);
    return { SHOTGRAPH_CONFIG: path };
  };

  it.each(['', ", audience: ''"])(
    'is refused with a system that gets the own token of people whatever it is for (way: forward%s)',
    async (audience) => {
      const lists = (way: string) => `systems:
    farm: { connector: f.js, baseUrl: 'https://farm.studio.example', token: { ${way} } }
  `;
      expect(await problemsOf(await withLists(lists(`way: forward${audience}`)))).toEqual([
        expect.stringMatching(/"farm".*way: forward.*audience/u),
      ]);
      const named = lists('way: forward, audience: https://farm.studio.example');
      expect((await loadConfig({ ...good, ...(await withLists(named)) })).systems).toHaveLength(1);
    },
  );

  it.each<[string, string, RegExp]>([
    [
      'a menu item whose path a browser would change',
      'amis: { one: { secrets: ["a-secret-of-enough-bytes"], opens: /apps/x/../../auth/login } }\napps: { x: { directory: x } }',
      /"one" opens .*, which is https:.*\/auth\/login in a browser/u,
    ],
    [
      'a front end elsewhere that is this server itself',
      'apps: { x: { origin: "https://shotgraph.studio.example" } }',
      /is this server itself/u,
    ],
    [
      'a system whose address has a query',
      'systems: { farm: { connector: f.js, baseUrl: "https://farm.example/?v=1", token: { way: on-behalf-of, scope: x } } }',
      /systems\.farm\.baseUrl: must have no \?/u,
    ],
    ['a front end that is nowhere', 'apps: { x: {} }', /apps\.x: needs either directory/u],
  ])('is refused with %s', async (_, lists, reason) => {
    expect(await problemsOf(await withLists(lists))).toEqual([expect.stringMatching(reason)]);
  });

  it('never shows a password that is part of an address', async () => {
    const problems = await problemsOf({
      SHOTGRAPH_STORE_URL: 'http://user:canary-1@redis',
      SHOTGRAPH_SITE_URL: 'https://user:canary-2@studio.example',
      SHOTGRAPH_OIDC_ISSUER: 'https://user:canary-3@login.example',
    });
    expect(problems).toHaveLength(3);
    expect(problems.join('\n')).not.toMatch(/canary/u);
    const file = await withLists(
      `systems:\n  farm: { connector: f.js, baseUrl: 'https://u:canary-4@farm', token: { way: forward } }\n`,
    );
    const text = (await problemsOf(file)).join('\n');
    expect(text).toMatch(/systems\.farm\.baseUrl/u);
    expect(text).not.toMatch(/canary/u);
  });

  it.each([
    'canary-host:6379',
    'http://user:canary@host:6379',
    'redis://user:canary@host:port',
    'redis://user:canary@',
    'redis://user:%zzcanary@host:6379',
    'redis://user:ca#nary@host:6379',
    'redis://user:canary@host:6379/canary',
    'redis://user:canary@host:6379\r',
    '"redis://user:canary@host:6379"',
  ])('never shows the address of the store, which has a password: %s', async (text) => {
    const problems = await problemsOf({ SHOTGRAPH_STORE_URL: text });
    expect(problems).toEqual([expect.stringContaining('SHOTGRAPH_STORE_URL')]);
    expect(problems.join('\n')).not.toMatch(/ca#?nary/u);
  });

  it.each(['redis://user:p%40ss@host:6379/0', 'rediss://host', 'redis://[::1]:6379', 'memory:'])(
    'takes %s for the store',
    async (text) => {
      expect((await loadConfig({ ...good, SHOTGRAPH_STORE_URL: text })).store.url).toBe(text);
    },
  );

  it('requires the key of the script once: as a setting, or in a file', async () => {
    const [right, bad] = [join(folder, 'right'), join(folder, 'bad')];
    await writeFile(right, 'canary-key-in-a-file\n');
    await writeFile(bad, ' canary-key');
    const [key, file] = ['SHOTGRAPH_SITE_SCRIPT_KEY', 'SHOTGRAPH_SITE_SCRIPT_KEY_FILE'];
    await writeFile(join(folder, 'empty'), '\n');
    const cases: [Record<string, string | undefined>, readonly RegExp[]][] = [
      [{ [key]: undefined }, [/SCRIPT_KEY is not set\. Set it, or set SHOTGRAPH_SITE_SCRIPT_KEY_FILE/u]],
      [{ [file]: right }, [/SCRIPT_KEY is set, and so is SHOTGRAPH_SITE_SCRIPT_KEY_FILE/u]],
      [
        { [key]: undefined, [file]: bad },
        [/the file of SHOTGRAPH_SITE_SCRIPT_KEY_FILE, begins or ends with a blank/u],
      ],
      [
        { [key]: undefined, [file]: join(folder, 'none') },
        [/SCRIPT_KEY_FILE must be the path of a file that can be read \(ENOENT\)/u],
      ],
      [
        { [key]: undefined, [file]: join(folder, 'empty') },
        [/SCRIPT_KEY_FILE is the path of an empty file/u],
      ],
    ];
    for (const [change, expected] of cases) {
      const problems = await problemsOf(change);
      expect(problems).toEqual(expected.map((each) => expect.stringMatching(each)));
      expect(problems.join('')).not.toContain('canary');
    }
    const config = await loadConfig({ ...good, [key]: undefined, [file]: right });
    expect(config.site.scriptKey).toBe('canary-key-in-a-file');
  });

  it('reports problems of the environment, of the file, of both together and of other checks at once', async () => {
    const lists = await withLists('amis:\n  one: { secrets: ["short"], opens: /apps/none/ }\n');
    const failure: unknown = await loadConfig(
      {
        ...good,
        ...lists,
        SHOTGRAPH_PORT: '70000',
        SHOTGRAPH_ENCRYPTION_KEYS: 'no-key',
        SHOTGRAPH_SESSION_IDLE_SECONDS: '90000',
        SHOTGRAPH_SITE_PUBLIC_URL: 'http://studio.example',
      },
      [async ({ amis }) => [`a check of ${amis.length} menu item`]],
    ).catch((error: unknown) => error);
    const { problems } = failure as ConfigError;
    expect(problems).toEqual([
      expect.stringContaining('SHOTGRAPH_PORT'),
      expect.stringContaining('SHOTGRAPH_ENCRYPTION_KEYS'),
      expect.stringContaining('The secret of the menu item "one" has 5 bytes'),
      expect.stringContaining('SHOTGRAPH_SITE_PUBLIC_URL must begin with https:'),
      expect.stringContaining('SHOTGRAPH_SESSION_IDLE_SECONDS is larger'),
      expect.stringContaining('The menu item "one" opens /apps/none/'),
      'a check of 1 menu item',
    ]);
  });

  it.each<[string, Environment, RegExp]>([
    [
      '32 zero bytes as key',
      { SHOTGRAPH_ENCRYPTION_KEYS: Buffer.alloc(32).toString('base64') },
      /random bytes/u,
    ],
    [
      'one byte 32 times as key',
      { SHOTGRAPH_ENCRYPTION_KEYS: Buffer.alloc(32, 7).toString('base64') },
      /random/u,
    ],
    ['a key that is no base64', { SHOTGRAPH_ENCRYPTION_KEYS: `${KEY.slice(0, -4)}!!!=` }, /base64/u],
    ['a short key', { SHOTGRAPH_ENCRYPTION_KEYS: KEY.slice(0, 40) }, /32 bytes/u],
    ['one key twice', { SHOTGRAPH_ENCRYPTION_KEYS: `${KEY},${KEY}` }, /one key twice/u],
    ['every address as a trusted proxy', { SHOTGRAPH_TRUSTED_PROXIES: '0.0.0.0/0' }, /no subnet wider/u],
    [
      'every address in two halves',
      { SHOTGRAPH_TRUSTED_PROXIES: '0.0.0.0/1,128.0.0.0/1' },
      /no subnet wider/u,
    ],
    ['every address of IPv6', { SHOTGRAPH_TRUSTED_PROXIES: '::/0' }, /no subnet wider/u],
    [
      'a trusted proxy that is no address',
      { SHOTGRAPH_TRUSTED_PROXIES: 'proxy.studio.example' },
      /must be addresses/u,
    ],
    [
      'two policies for one role',
      { SHOTGRAPH_ACTING_POLICY_BY_ROLE: 'Admin=deny,admin=own-credentials' },
      /two rules/u,
    ],
    [
      'two policies in one rule',
      { SHOTGRAPH_ACTING_POLICY_BY_ROLE: 'Admin=deny=block-admins' },
      /must be <role>=/u,
    ],
    [
      'two numbers for one role',
      { SHOTGRAPH_PLAN_MAX_SEARCHES_BY_ROLE: 'Vendor=1,VENDOR=300' },
      /two rules/u,
    ],
    ['an audit trail that is Off', { SHOTGRAPH_AUDIT: 'Off' }, /in this spelling/u],
    ['a site over http', { SHOTGRAPH_SITE_URL: 'http://studio.example' }, /SITE_URL must begin with https/u],
    [
      'a person who could hold every connection',
      { SHOTGRAPH_SITE_MAX_CONNECTIONS: '4', SHOTGRAPH_SITE_MAX_CALLS_PER_PERSON: '4' },
      /one person could hold every connection/u,
    ],
    [
      'development where strangers can connect',
      {
        SHOTGRAPH_ENVIRONMENT: 'development',
        SHOTGRAPH_PUBLIC_URL: 'http://localhost:4000',
        SHOTGRAPH_HOST: '0.0.0.0',
      },
      /SHOTGRAPH_HOST is not on loopback/u,
    ],
  ])('is refused with %s', async (_, changes, reason) => {
    const problems = await problemsOf(changes);
    expect(problems.join('\n')).toMatch(reason);
    expect(problems.every((problem) => problem.includes('SHOTGRAPH_'))).toBe(true);
  });

  it.each<[string, number]>([
    ['8', 6],
    ['24', 6],
    ['4', 3],
    ['2', 1],
    ['1', 1],
  ])('leaves connections to the others: of %s one person has at most %i', async (all, calls) => {
    const { site } = await loadConfig({ ...good, SHOTGRAPH_SITE_MAX_CONNECTIONS: all });
    expect(site.maxCallsPerPerson).toBe(calls);
  });

  it('knows the site by both of its addresses and by the names of the settings', async () => {
    const { launch } = await loadConfig({
      ...good,
      SHOTGRAPH_SITE_URL: 'https://internal.studio.example:8443',
      SHOTGRAPH_SITE_PUBLIC_URL: 'https://studio.example',
      SHOTGRAPH_SITE_HOSTS: 'Grid.Studio.example, other.example:444',
    });
    expect(launch.siteHosts).toEqual([
      'internal.studio.example:8443',
      'internal.studio.example',
      'studio.example',
      'grid.studio.example',
      'other.example:444',
    ]);
    for (const hosts of ['https://studio.example', 'a/b', 'user@host', 'a b']) {
      expect((await problemsOf({ SHOTGRAPH_SITE_HOSTS: hosts }))[0]).toMatch(/must be host names/u);
    }
  });
});
