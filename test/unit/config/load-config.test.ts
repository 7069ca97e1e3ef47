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

  it('is read whole, with defaults, units and places resolved', async () => {
    const config = await loadConfig(good);
    expect(config.http.publicUrl).toBe('https://shotgraph.studio.example');
    expect(config.site.publicUrl).toBe('https://studio.example');
    expect(config.oidc.issuer).toBe('https://login.studio.example/');
    expect(config.launch.maxAgeMs).toBe(60_000);
    expect(config.graphql.introspection).toBe(false);
    expect(config.amis[0]).toEqual({
      name: 'review',
      secrets: ['a-secret-of-enough-bytes'],
      entityTypes: ['Version'],
      overlay: false,
      unsignedLightPayload: false,
      withoutRows: false,
      first: [],
      opens: '/apps/review/',
    });
    expect(config.apps[0]?.directory).toBe(join(folder, 'front-ends', 'review'));
  });

  it('cannot be changed', async () => {
    const config = await loadConfig(good);
    expect(() => Object.assign(config.http, { port: 1 })).toThrow(TypeError);
    expect(() => Object.assign(config.amis, { length: 0 })).toThrow(TypeError);
  });

  it('reports every problem at once, each with its name and an example', async () => {
    const problems = await problemsOf({
      SHOTGRAPH_PUBLIC_URL: undefined,
      SHOTGRAPH_PORT: '70000',
      SHOTGRAPH_SITE_URL: 'https://studio.example/projects',
      SHOTGRAPH_PROT: '4000',
    });
    expect(problems).toHaveLength(4);
    expect(problems.join('\n')).toMatch(/SHOTGRAPH_PUBLIC_URL is not set.*Example: https:/u);
    expect(problems.join('\n')).toMatch(/SHOTGRAPH_PORT must be from 0 to 65535 \(it is "70000"\)/u);
    expect(problems.join('\n')).toMatch(/SHOTGRAPH_PROT is not a setting/u);
  });

  it('says what to do with a setting that was removed', async () => {
    expect(await problemsOf({ SHOTGRAPH_GRAPHQL_COMPILED: 'off' })).toEqual([
      'SHOTGRAPH_GRAPHQL_COMPILED is not a setting of this server. It was removed: documents are never compiled any more. Delete it from the environment; nothing replaces it.',
    ]);
  });

  it('never shows a secret in a problem', async () => {
    const problems = await problemsOf({
      SHOTGRAPH_ENCRYPTION_KEYS: 'canary-key',
      SHOTGRAPH_SITE_SCRIPT_KEY: 'canary',
    });
    expect(problems).toHaveLength(2);
    expect(problems.join('\n')).not.toMatch(/canary/u);
  });

  it.each(['review_secret', 'A-B', 'X:-y'])(
    'does not treat a variable of the file named %s as text',
    async (name) => {
      const lists = await withLists(`amis:\n  review: { secrets: ["\${${name}}"], opens: /apps/review/ }\n`);
      expect((await problemsOf(lists)).join('\n')).toContain(`${name} is no name of a variable`);
    },
  );

  it('says which variable of the file is missing', async () => {
    expect(await problemsOf({ SHOTGRAPH_AMI_SECRET_REVIEW: undefined })).toEqual([
      expect.stringContaining('SHOTGRAPH_AMI_SECRET_REVIEW is used but not set'),
    ]);
  });

  it.each<[string, string, RegExp]>([
    ['a carriage return of a file with Windows line ends', 'email\r', /cannot be seen/u],
    ['a blank before it', ' email', /begins or ends with a blank/u],
    ['a blank after it', 'email ', /begins or ends with a blank/u],
    ['a blank of another width', '\u00A0email', /begins or ends with a blank/u],
    ['a character of no width', 'em\u200Bail', /cannot be seen/u],
    ['a mark of the byte order', '\uFEFFemail', /cannot be seen/u],
    ['double quotes', '"email"', /in quotes/u],
    ['single quotes', "'email'", /in quotes/u],
  ])('refuses a value with %s, whatever the setting is', async (_, text, problem) => {
    for (const name of [
      'SHOTGRAPH_IDENTITY_CLAIM',
      'SHOTGRAPH_IDENTITY_FIELD',
      'SHOTGRAPH_OIDC_CLIENT_ID',
      'SHOTGRAPH_SITE_SCRIPT_KEY',
      'SHOTGRAPH_BEARER_AUDIENCE',
    ]) {
      const problems = await problemsOf({ [name]: text });
      expect(problems).toEqual([expect.stringMatching(problem)]);
      expect(problems[0]).toContain(name);
    }
    // It is long enough as it is.
    const secret = await problemsOf({
      SHOTGRAPH_AMI_SECRET_REVIEW: text.replace(/em(\u200B?)ail/u, 'canary-of-an-item$1-secret'),
    });
    expect(secret).toEqual([expect.stringMatching(problem)]);
    expect(secret[0]).toContain('SHOTGRAPH_AMI_SECRET_REVIEW');
    expect(secret[0]).not.toContain('canary');
  });

  it.each(['e mail', 'email,upn', '`email`', '"email', 'émail'])(
    'refuses %j as the name of a claim',
    async (claim) => {
      expect(await problemsOf({ SHOTGRAPH_IDENTITY_CLAIM: claim })).toEqual([
        expect.stringMatching(/^SHOTGRAPH_IDENTITY_CLAIM must be the name of a claim/u),
      ]);
    },
  );

  it('accepts a URL as the name of a claim, as some providers use', async () => {
    const claim = 'https://studio.example/claims/login';
    expect((await loadConfig({ ...good, SHOTGRAPH_IDENTITY_CLAIM: claim })).identity.claim).toBe(claim);
  });

  it('refuses a text of the file with a blank or a character that cannot be seen, and says where', async () => {
    const lists = await withLists(
      `amis:\n  review: { secrets: ["a-secret-of-enough-bytes "], entityTypes: ["Version\\r"], opens: /apps/review/ }\napps:\n  review: { directory: x }\n`,
    );
    const text = (await problemsOf(lists)).join('\n');
    expect(text).toMatch(/amis\.review\.secrets\.0 begins or ends with a blank/u);
    expect(text).toMatch(/amis\.review\.entityTypes\.0 holds a character that cannot be seen/u);
    expect(text).not.toContain('a-secret-of-enough-bytes');
  });

  it('reports what is wrong in the file, and where', async () => {
    const lists = await withLists('amis:\n  review: { secrets: [], opens: "//evil.example", colour: red }\n');
    const text = (await problemsOf(lists)).join('\n');
    expect(text).toMatch(/amis\.review\.secrets/u);
    expect(text).toMatch(/amis\.review\.opens/u);
    expect(text).toMatch(/colour/u);
  });

  it('reports a file that is not YAML, or is missing', async () => {
    expect((await problemsOf(await withLists('amis: [')))[0]).toMatch(/shotgraph\.yml/u);
    expect((await problemsOf({ SHOTGRAPH_CONFIG: join(folder, 'none.yml') }))[0]).toMatch(/cannot be read/u);
  });

  describe('is refused where it is weak (A6)', () => {
    it('with a menu item whose secret is short', async () => {
      const [problem] = await problemsOf({ SHOTGRAPH_AMI_SECRET_REVIEW: 'fifteen-bytes-1' });
      expect(problem).toMatch(/menu item "review" has 15 bytes/u);
      expect(problem).not.toMatch(/fifteen-bytes-1/u);
    });

    it('with two menu items of one secret', async () => {
      const item = 'secrets: ["a-secret-of-enough-bytes"], opens: /apps/review/';
      const lists = await withLists(
        `amis:\n  one: { ${item} }\n  two: { ${item} }\napps:\n  review: { directory: x }\n`,
      );
      expect(await problemsOf(lists)).toEqual([
        'The secret of the menu item "two" is also that of the menu item "one".',
      ]);
    });

    it('with a menu item that shares its secret with the encryption key', async () => {
      expect((await problemsOf({ SHOTGRAPH_AMI_SECRET_REVIEW: KEY }))[0]).toMatch(/ENCRYPTION_KEYS/u);
    });

    it('with no way for the server to authenticate at the provider', async () => {
      expect(await problemsOf({ SHOTGRAPH_OIDC_CLIENT_SECRET: '' })).toEqual([
        expect.stringMatching(/^SHOTGRAPH_OIDC_CLIENT_SECRET is not set\..*SHOTGRAPH_OIDC_CLIENT_KEY_FILE/u),
      ]);
    });

    it('with http where strangers can listen', async () => {
      expect((await problemsOf({ SHOTGRAPH_PUBLIC_URL: 'http://shotgraph.studio.example' }))[0]).toMatch(
        /https/u,
      );
    });

    it('with development on an address that is not loopback', async () => {
      expect((await problemsOf({ SHOTGRAPH_ENVIRONMENT: 'development' }))[0]).toMatch(/not on loopback/u);
    });

    it('with a menu item that opens nothing', async () => {
      const lists = await withLists(
        'amis:\n  one: { secrets: ["a-secret-of-enough-bytes"], opens: /apps/none/ }\n',
      );
      expect((await problemsOf(lists))[0]).toMatch(/no front end/u);
    });

    it('with a front end elsewhere without TLS, or one that is no origin', async () => {
      const plain = await withLists('apps:\n  tools: { origin: "http://tools.studio.example" }\n');
      expect((await problemsOf(plain))[0]).toMatch(/tools\.studio\.example must begin with https/u);
      const wide = await withLists('apps:\n  tools: { origin: "https://*.studio.example/x" }\n');
      expect((await problemsOf(wide))[0]).toMatch(/apps\.tools/u);
    });

    it('with a system whose tokens others can read, or that has the secret of a menu item', async () => {
      const secret = 'a-secret-that-is-used-in-two-places';
      const system = (baseUrl: string) =>
        withLists(`amis:
  review: { secrets: ['${secret}'], opens: /apps/review/ }
apps:
  review: { directory: x }
systems:
  farm: { connector: farm.js, baseUrl: '${baseUrl}', token: { way: client-credentials, assertionSecret: '${secret}' } }
`);
      expect(await problemsOf(await system('http://farm.studio.example'))).toEqual([
        'The secret of the menu item "review" is also that of the system "farm".',
        'The address of the system "farm" must begin with https: outside development.',
      ]);
      expect(await problemsOf(await system('http://127.0.0.1:9000'))).toHaveLength(1);
      expect(await problemsOf(await system('https://farm.studio.example'))).toHaveLength(1);
    });

    it.each(['authorization', 'cookie', 'host', 'X-Person'])(
      'with a statement of the person in the header %s',
      async (personHeader) => {
        const lists = await withLists(`systems:
  farm: { connector: f.js, baseUrl: 'https://farm', token: { way: client-credentials, personHeader: ${personHeader}, assertionSecret: '${'s'.repeat(32)}' } }
`);
        expect((await problemsOf(lists))[0]).toMatch(/begins with x-/u);
      },
    );

    it('with bearer tokens that an ID token would pass for', async () => {
      const client = 'shotgraph';
      const settings = { SHOTGRAPH_OIDC_CLIENT_ID: client, SHOTGRAPH_BEARER_AUDIENCE: client };
      expect((await problemsOf(settings))[0]).toMatch(/audience of its own/u);
    });
  });

  it('may have front ends that are served elsewhere, and menu items that open them', async () => {
    const item = '{ secrets: ["a-secret-of-enough-bytes"], opens: "https://tools.studio.example/x/" }';
    const apps = '{ tools: { origin: "https://tools.studio.example" } }';
    const lists = await withLists(`amis: { one: ${item} }\napps: ${apps}\n`);
    const config = await loadConfig({ ...good, ...lists });
    expect([config.apps, config.frontEndOrigins]).toEqual([[], ['https://tools.studio.example']]);
    expect(config.amis[0]?.opens).toBe('https://tools.studio.example/x/');
  });

  it('accepts bearer tokens only if it has their audience', async () => {
    expect((await loadConfig(good)).bearer).toBeNull();
    const settings = {
      SHOTGRAPH_BEARER_AUDIENCE: 'https://api.example',
      SHOTGRAPH_BEARER_SCOPE: 'read write',
    };
    const { bearer } = await loadConfig({ ...good, ...settings });
    expect(bearer).toEqual({ audience: 'https://api.example', scopes: ['read', 'write'] });
  });

  it('rewrites claims only if the whole claim matches', async () => {
    const { identity } = await loadConfig({
      ...good,
      SHOTGRAPH_IDENTITY_REWRITE: String.raw`([^@]+)@studio\.example => $1`,
    });
    expect(identity.rewrite?.pattern.test('mira@studio.example')).toBe(true);
    expect(identity.rewrite?.pattern.test('mira@studio.example.evil.example')).toBe(false);
  });
});
