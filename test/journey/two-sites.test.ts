import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { signAmiFields } from '../../src/launch/ami-signature.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import { type Idp, startIdp } from '../../studio/idp/start.ts';
import { BrowserClient } from '../support/browser-client.ts';
import { CANARIES, startStudio, type Studio } from '../support/studio.ts';

const OTHER_SECRET = 'canary-secret-of-the-other-site';

/** Production and staging: a process for each site, one provider, and one store, as docs/sites.md shows. */
describe('two sites behind one provider', () => {
  let production: Studio;
  let staging: Studio;

  beforeAll(async () => {
    const addresses: string[] = [];
    let open: (idp: Promise<Idp>) => void;
    const provider = new Promise<Idp>((resolve) => {
      open = resolve;
    });
    let users = 2;
    // The provider has to know both redirect addresses, so it starts with the second server.
    const startProvider = async (bffUrl: string): Promise<Pick<Idp, 'issuer' | 'close'>> => {
      addresses.push(bffUrl);
      if (addresses.length === 2) open(startIdp({ port: 0, clients: [clientOf(addresses)] }));
      const { issuer, close } = await provider;
      const closeLast = async (): Promise<void> => {
        users -= 1;
        if (users === 0) await close();
      };
      return { issuer, close: closeLast };
    };
    const options = { startProvider, store: createMemoryStore(systemClock) };
    [production, staging] = await Promise.all([
      startStudio({}, {}, options),
      startStudio(
        { SHOTGRAPH_AMI_SECRET_REVIEW: OTHER_SECRET, SHOTGRAPH_SITE_HOSTS: 'staging.example.com' },
        {},
        options,
      ),
    ]);
  });
  afterAll(() => Promise.all([production.stop(), staging.stop()]));

  const clientOf = (addresses: readonly string[]) => ({
    clientId: 'shotgraph',
    clientSecret: CANARIES.clientSecret,
    redirectUris: addresses.map((url) => `${url}/auth/callback`),
    postLogoutRedirectUris: addresses.map((url) => `${url}/`),
  });
  const whoIs = async (browser: BrowserClient, { bffUrl }: Studio): Promise<number> =>
    (await browser.get(`${bffUrl}/auth/session`, { from: 'same-origin' })).status;
  const codeOf = async ({ bffUrl }: Studio, form: string): Promise<unknown> => {
    const answer = await fetch(`${bffUrl}/ami/review`, {
      method: 'POST',
      body: new URLSearchParams(form),
      headers: { accept: 'application/json' },
    });
    return ((await answer.json()) as { error: { code: string } }).error.code;
  };

  it('a click on one site opens there, and the other server refuses it, even with the same secret', async () => {
    const form = production.amiBody('mira', [production.mirasVersionIds[0] ?? 0]);
    expect(await codeOf(staging, form)).toBe('AMI_SIGNATURE');
    const fields = [...new URLSearchParams(form)].filter(([name]) => name !== 'signature');
    const copied = new URLSearchParams([...fields, ['signature', signAmiFields(fields, OTHER_SECRET)]]);
    expect(await codeOf(staging, copied.toString())).toBe('AMI_SITE');
    const opened = await production.launch(new BrowserClient(), 'mira', [production.mirasVersionIds[0] ?? 0]);
    expect(opened.url).toMatch(/\/apps\/review\/\?launch=/u);
  });

  it('a session of one is not valid at the other, although both use one store', async () => {
    const browser = new BrowserClient();
    const page = await browser.get(`${production.bffUrl}/auth/login`);
    await browser.post(page.url, { form: { login: 'mira' } });
    expect(await whoIs(browser, production)).toBe(200);
    // The cookie of localhost is sent to every port of it.
    expect(await whoIs(browser, staging)).toBe(401);
    const other = await browser.get(`${staging.bffUrl}/auth/login`);
    expect(other.url).toBe(`${staging.bffUrl}/`);
    expect(await whoIs(browser, staging)).toBe(200);
  });
});
