import { afterEach, describe, expect, it } from 'vitest';
import { type Bff, startBff } from '../support/bff.ts';
import { BrowserClient } from '../support/browser-client.ts';

const SANDBOX = 'https://sandbox.embed.apollographql.com';
const PAGE = { accept: 'text/html' };
const EXPLORER_PATHS = ['/graphql', '/graphql/explorer/index.html'];
const OTHER_PATHS = ['/', '/auth/session', '/apps/review/', '/healthz', '/nothing'];

describe('the explorer', () => {
  let bff: Bff;
  let browser: BrowserClient;
  afterEach(() => bff.stop());
  const start = async (isDevelopment: boolean): Promise<void> => {
    bff = await startBff({
      change: (config) => ({ ...config, graphql: { ...config.graphql, explorer: isDevelopment } }),
    });
    browser = new BrowserClient(() => bff.now());
  };
  const policyOf = async (path: string): Promise<string> =>
    (await browser.get(`${bff.url}${path}`, { headers: PAGE })).headers.get('content-security-policy') ?? '';

  it('is linked from the home page, and only its own policy allows one host of Apollo, for the frame alone', async () => {
    await start(true);
    expect((await browser.get(`${bff.url}/`, { headers: PAGE })).body).toContain(
      '<a href="/graphql">GraphQL explorer</a>',
    );
    for (const path of EXPLORER_PATHS) {
      const policy = (await policyOf(path)).split('; ');
      expect(policy.filter((directive) => directive.includes('apollo'))).toEqual([`frame-src ${SANDBOX}`]);
      expect(policy).toEqual(
        expect.arrayContaining(["script-src 'self'", "connect-src 'self'", "frame-ancestors 'none'"]),
      );
    }
    for (const path of OTHER_PATHS) expect(await policyOf(path)).not.toContain('apollo');
  });

  it('has an icon, which browsers request for every page', async () => {
    await start(true);
    const icon = await browser.get(`${bff.url}/favicon.ico`);
    expect([icon.status, icon.headers.get('content-type')]).toEqual([200, 'image/svg+xml; charset=utf-8']);
    expect(icon.headers.get('cache-control')).toBe('no-store');
  });

  it('does not exist in production, nor does its host in any policy', async () => {
    await start(false);
    for (const path of EXPLORER_PATHS) {
      const answer = await browser.get(`${bff.url}${path}`, { headers: PAGE });
      expect(answer.status).not.toBe(200);
      expect(answer.body).not.toMatch(/explorer|apollo/iu);
    }
    for (const path of [...EXPLORER_PATHS, ...OTHER_PATHS])
      expect(await policyOf(path)).not.toContain('apollo');
    expect((await browser.get(`${bff.url}/`, { headers: PAGE })).body).not.toContain('explorer');
  });

  it("serves the Sandbox only: the hosted Apollo page is refused before its request and gets no person's answer", async () => {
    await start(true);
    const origin = 'https://studio.apollographql.com';
    const preflight = await fetch(`${bff.url}/graphql`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type',
      },
    });
    await preflight.text();
    expect(preflight.status).toBe(405);
    expect([...preflight.headers.keys()].join()).not.toContain('access-control');
    await browser.get(`${bff.url}/auth/login`);
    const asked = await browser.post(`${bff.url}/graphql`, {
      json: { query: '{ whoami }' },
      from: 'cross-site',
      headers: { origin },
    });
    expect(asked.body).not.toContain('mira');
    expect(asked.status).toBeGreaterThanOrEqual(400);
  });
});
