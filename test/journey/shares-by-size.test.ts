import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BrowserClient } from '../support/browser-client.ts';
import { startStudio, type Studio } from '../support/studio.ts';

const PER_MINUTE = 20;
/** Counts as one request and ten more. */
const LARGE = { query: '{ viewer { login } }', variables: { text: 'x'.repeat(170_000) } };

describe('the share of a person', () => {
  let studio: Studio;
  beforeAll(async () => {
    studio = await startStudio({ SHOTGRAPH_GRAPHQL_REQUESTS_PER_MINUTE: String(PER_MINUTE) });
  });
  afterAll(() => studio.stop());

  const signIn = async (login: string) => {
    const browser = new BrowserClient();
    await studio.launch(browser, login, studio.mirasVersionIds.slice(0, 1));
    return browser;
  };
  const post = (browser: BrowserClient, body: Uint8Array | string, headers: Record<string, string> = {}) =>
    fetch(`${studio.bffUrl}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        origin: studio.bffUrl,
        'sec-fetch-site': 'same-origin',
        cookie: [...browser.cookies(`${studio.bffUrl}/graphql`)]
          .map(([name, value]) => `${name}=${value}`)
          .join('; '),
        ...headers,
      },
      body,
    });

  it('is used up by a few large requests as by many small ones, compressed or not, and only by that person', async () => {
    const mira = await signIn('mira');
    expect((await post(mira, JSON.stringify(LARGE))).status).toBe(200);
    const packed = await post(mira, gzipSync(JSON.stringify(LARGE)), { 'content-encoding': 'gzip' });
    expect(packed.status).toBe(429);
    expect(packed.headers.get('retry-after')).toMatch(/^\d+$/u);
    const joao = await signIn('joao');
    expect((await post(joao, JSON.stringify({ query: '{ viewer { login } }' }))).status).toBe(200);
  });
});
