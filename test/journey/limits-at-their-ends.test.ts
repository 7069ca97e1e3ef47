import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import type { Config } from '../../src/config/config.ts';
import { SETTINGS } from '../../src/config/settings.ts';
import type { Setting } from '../../src/config/setting-types.ts';
import { type Bff, startBff } from '../support/bff.ts';
import { BrowserClient } from '../support/browser-client.ts';

let bff: Bff;
afterEach(() => bff?.stop());

const signIn = async (): Promise<BrowserClient> => {
  const browser = new BrowserClient(() => bff.now());
  await browser.get(`${bff.url}/auth/login`);
  return browser;
};
const ask = async (browser: BrowserClient): Promise<number> =>
  (await browser.post(`${bff.url}/graphql`, { json: { query: '{ whoami }' }, from: 'same-origin' })).status;
const put = async (browser: BrowserClient): Promise<number> =>
  (await browser.visit(`${bff.url}/upload/x`, { method: 'PUT', form: 'x', from: 'same-origin' })).status;
const session = (changes: Partial<Config['session']>) => (config: Config) => ({
  ...config,
  session: { ...config.session, ...changes },
});

interface Row {
  readonly change: (config: Config) => Config;
  /** Statuses of one try after the other. */
  readonly tries: () => Promise<readonly number[]>;
  readonly expected: readonly number[];
}

const ROWS: Readonly<Record<string, Row>> = {
  'one sign-in a minute': {
    change: session({ loginsPerMinute: 1 }),
    tries: async () => {
      const begin = () => new BrowserClient().get(`${bff.url}/auth/login`, { redirects: 'stop' });
      return [(await begin()).status, (await begin()).status];
    },
    expected: [303, 429],
  },
  'one unknown session a minute': {
    change: session({ loginsPerMinute: 1 }),
    tries: async () => {
      const guess = async () => {
        const browser = new BrowserClient();
        browser.setCookie(bff.url, '__Host-sid', randomBytes(32).toString('base64url'));
        return (await browser.get(`${bff.url}/auth/session`, { from: 'same-origin' })).status;
      };
      return [await guess(), await guess()];
    },
    expected: [401, 429],
  },
  'one session a person': {
    change: session({ maxPerPerson: 1 }),
    tries: async () => {
      const first = await signIn();
      const second = await signIn();
      return [await ask(first), await ask(second)];
    },
    expected: [401, 200],
  },
  'one GraphQL request a minute': {
    change: (config) => ({ ...config, graphql: { ...config.graphql, requestsPerMinute: 1 } }),
    tries: async () => {
      const browser = await signIn();
      return [await ask(browser), await ask(browser)];
    },
    expected: [200, 429],
  },
  'one request of what a person may cost in a minute': {
    change: (config) => ({ ...config, graphql: { ...config.graphql, costPerMinute: 1 } }),
    tries: async () => {
      const browser = await signIn();
      return [await ask(browser), await ask(browser)];
    },
    expected: [200, 429],
  },
  'one refused launch a second': {
    change: (config) => ({ ...config, launch: { ...config.launch, rejectsPerSecond: 1 } }),
    tries: async () => {
      const statuses = [];
      // Two more on top within ten seconds, and one for each second that passes meanwhile.
      for (let time = 0; time < 40 && statuses.at(-1) !== 429; time += 1) {
        const form = 'signature=sha1%3Dx';
        statuses.push((await new BrowserClient().post(`${bff.url}/ami/review`, { form })).status);
      }
      return [statuses[0] ?? 0, statuses.at(-1) ?? 0];
    },
    expected: [401, 429],
  },
  'no upload through the server': {
    change: (config) => ({ ...config, upload: { ...config.upload, maxStreams: 0 } }),
    tries: async () => {
      const browser = await signIn();
      return [await put(browser), await put(browser)];
    },
    expected: [403, 403],
  },
  'one upload through the server': {
    change: (config) => ({ ...config, upload: { ...config.upload, maxStreams: 1 } }),
    tries: async () => {
      const browser = await signIn();
      return [await put(browser), await put(browser)];
    },
    expected: [410, 410],
  },
  'no time for a provider that is away': {
    change: (config) => ({ ...config, oidc: { ...config.oidc, awayMs: 0 } }),
    tries: async () => {
      bff.idp.accessLife = 300;
      const browser = await signIn();
      bff.advance(360_000);
      await bff.idp.stop();
      return [await ask(browser)];
    },
    expected: [503],
  },
  'one second for a provider that is away': {
    change: (config) => ({ ...config, oidc: { ...config.oidc, awayMs: 1000 } }),
    tries: async () => {
      bff.idp.accessLife = 300;
      const browser = await signIn();
      bff.advance(360_000);
      await bff.idp.stop();
      const first = await ask(browser);
      bff.advance(7000);
      return [first, await ask(browser)];
    },
    expected: [200, 503],
  },
};

describe('a limit at its end', () => {
  it.each(Object.entries(ROWS))(
    '%s: is reached, and not exceeded',
    async (_, { change, tries, expected }) => {
      bff = await startBff({ change });
      expect(await tries()).toEqual(expected);
    },
  );
});

describe('0 and 1', () => {
  const numbers = Object.entries<Setting>(SETTINGS).filter(([, { schema, example }]) =>
    /^\d+$/u.test(example) ? schema.safeParse(example).success : false,
  );

  it.each(numbers)(
    'of %s are refused with the accepted range, or their meaning is documented',
    (_, setting) => {
      for (const text of ['0', '1']) {
        const parsed = setting.schema.safeParse(text);
        const refusals = parsed.error?.issues.map(({ message }) => message).join() ?? '';
        if (!parsed.success) expect(refusals).toMatch(/must be from \d+ to \d+/u);
        else if (text === '0') expect(setting.description).toMatch(/\b0\b/u);
      }
    },
  );
});
