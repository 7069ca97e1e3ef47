import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { exportJWK, exportPKCS8, generateKeyPair, type JWK } from 'jose';
import type { ClientMetadata, Configuration } from 'oidc-provider';
import { BrowserClient } from '../support/browser-client.ts';
import { startStudio, type Studio } from '../support/studio.ts';

type Bend = (configuration: Configuration) => Configuration;

const asClient =
  (changes: Partial<ClientMetadata>): Bend =>
  (configuration) => ({
    ...configuration,
    clients: configuration.clients?.map((each) =>
      each.client_id === 'shotgraph' ? { ...each, ...changes } : each,
    ),
  });

let studio: Studio | undefined;
afterEach(() => studio?.stop());

/** Mira launches a tool, asks who she is, and signs out; returns where the provider signs her out. */
async function goesWell(
  environment: Readonly<Record<string, string>>,
  bend: Bend,
  path = '',
): Promise<string> {
  studio = await startStudio(environment, { bend, path });
  const browser = new BrowserClient();
  await studio.launch(browser, 'mira', studio.mirasVersionIds.slice(0, 1));
  const answered = await studio.ask(browser, '{ viewer { login } }');
  expect(answered).toMatchObject({ data: { viewer: { login: 'mira' } } });
  const answer = await browser.post(`${studio.bffUrl}/auth/logout`, { json: {}, from: 'same-origin' });
  const { logoutUrl } = JSON.parse(answer.body) as { logoutUrl: string };
  const left = await browser.get(logoutUrl, { redirects: 'stop' });
  const providerUrl = left.headers.get('location') ?? '';
  expect(providerUrl.startsWith(`${studio.issuer}/`)).toBe(true);
  return providerUrl;
}

const log = (): string => studio?.logLines.join('\n') ?? '';

describe('a provider with its own rules needs only settings', () => {
  it('with claims only in userinfo', async () => {
    await goesWell({}, (configuration) => ({ ...configuration, conformIdTokenClaims: true }));
  });

  const post = asClient({ token_endpoint_auth_method: 'client_secret_post' });
  it('that requires the secret in the form, which is found by trying and logged', async () => {
    await goesWell({}, (configuration) => ({
      ...post(configuration),
      clientAuthMethods: ['client_secret_post'],
    }));
    expect(log()).toMatch(/client_secret_post.*oidc\.client_authentication/u);
  });

  it('that requires the secret in the form, by the setting', async () => {
    await goesWell({ SHOTGRAPH_OIDC_CLIENT_AUTHENTICATION: 'client_secret_post' }, post);
  });

  it('that accepts only pushed requests', async () => {
    await goesWell({}, (configuration) => ({
      ...configuration,
      features: {
        ...configuration.features,
        pushedAuthorizationRequests: { enabled: true, requirePushedAuthorizationRequests: true },
      },
    }));
  });

  it('that requires pushed requests of this client, by the setting', async () => {
    await goesWell({ SHOTGRAPH_OIDC_PAR: 'on' }, (configuration) =>
      asClient({ require_pushed_authorization_requests: true })({
        ...configuration,
        features: { ...configuration.features, pushedAuthorizationRequests: { enabled: true } },
      }),
    );
  });

  it('whose issuer has a path', async () => {
    const logoutUrl = await goesWell({}, (configuration) => configuration, '/realms/studio');
    expect(new URL(logoutUrl).pathname.startsWith('/realms/studio/')).toBe(true);
  });

  it('whose access tokens are opaque and only for itself', async () => {
    await goesWell({}, (configuration) => ({
      ...configuration,
      conformIdTokenClaims: true,
      features: { ...configuration.features, resourceIndicators: { enabled: false } },
    }));
  });

  it('that issues no refresh tokens', async () => {
    await goesWell({}, asClient({ grant_types: ['authorization_code'] }));
  });

  it('that issues no refresh tokens: other systems require a new sign-in once the access token has expired', async () => {
    let passedMs = 0;
    const withoutRefresh = asClient({ grant_types: ['authorization_code'] });
    studio = await startStudio(
      {},
      {
        bend: (configuration) => ({
          ...withoutRefresh(configuration),
          ttl: { ...configuration.ttl, AccessToken: 60 },
        }),
      },
      { now: () => Date.now() + passedMs },
    );
    const browser = new BrowserClient();
    const [id] = studio.mirasVersionIds;
    await studio.launch(browser, 'mira', [Number(id)]);
    const jobs = async () => {
      const { data, errors } = await studio!.ask(browser, `{ version(id: ${id}) { id renderJobs { id } } }`);
      // The farm is away: what is asked here is whether it was asked at all.
      expect(data).toMatchObject({ version: { id } });
      const [error] = errors ?? [];
      return { code: error?.extensions.code, loginUrl: error?.extensions.details?.['loginUrl'] };
    };
    expect((await jobs()).code).toBe('SYSTEM_TOKEN');
    passedMs = 61_000;
    const { code, loginUrl } = await jobs();
    expect([code, loginUrl]).toEqual(['STEP_UP', `${studio.bffUrl}/auth/login`]);
    await browser.get(String(loginUrl));
    expect((await jobs()).code).toBe('SYSTEM_TOKEN');
  });

  it('with 12 kB of groups, which no sign-out URL can carry', async () => {
    const groups = Array.from({ length: 600 }, (_, index) => `studio-group-${index}`);
    const logoutUrl = await goesWell({}, (configuration) => ({
      ...configuration,
      claims: { ...configuration.claims, profile: ['name', 'preferred_username', 'groups'] },
      findAccount: async (context, subject, token) => {
        const account = await configuration.findAccount?.(context, subject, token);
        return (
          account && {
            ...account,
            claims: async (...asked) => ({ ...(await account.claims(...asked)), groups }),
          }
        );
      },
    }));
    expect(logoutUrl.length).toBeLessThan(2048);
    const { searchParams } = new URL(logoutUrl);
    expect([...searchParams.keys()].sort()).toEqual(['client_id', 'logout_hint', 'post_logout_redirect_uri']);
    expect(searchParams.get('logout_hint')).toBe('mira');
  });

  it.each(['ES256', 'PS256', 'EdDSA'] as const)('that signs with %s', async (algorithm) => {
    const { privateKey } = await generateKeyPair(algorithm, { extractable: true });
    const key = { ...(await exportJWK(privateKey)), kid: 'k', alg: algorithm, use: 'sig' } as JWK;
    await goesWell({}, (configuration) =>
      asClient({ id_token_signed_response_alg: algorithm })({
        ...configuration,
        jwks: { keys: [...(configuration.jwks?.keys ?? []), key] },
      }),
    );
  });
});

describe('a provider that identifies this server by a key', () => {
  let folder: string;
  let keys: Server;
  let pem: string;
  beforeAll(async () => {
    const pair = await generateKeyPair('ES256', { extractable: true });
    const jwks = JSON.stringify({ keys: [await exportJWK(pair.publicKey)] });
    pem = await exportPKCS8(pair.privateKey);
    keys = createServer((_request, response) =>
      response.setHeader('content-type', 'application/json').end(jwks),
    );
    await once(keys.listen(0, '127.0.0.1'), 'listening');
    folder = await mkdtemp(join(tmpdir(), 'shotgraph-key-'));
  });
  afterAll(async () => {
    keys.closeAllConnections();
    await new Promise((resolve) => keys.close(resolve));
    await rm(folder, { recursive: true });
  });

  it('accepts its signature, without a secret', async () => {
    const file = join(folder, 'key.pem');
    await writeFile(file, pem);
    const { port } = keys.address() as AddressInfo;
    const settings = { SHOTGRAPH_OIDC_CLIENT_SECRET: '', SHOTGRAPH_OIDC_CLIENT_KEY_FILE: file };
    await goesWell(
      settings,
      asClient({
        token_endpoint_auth_method: 'private_key_jwt',
        token_endpoint_auth_signing_alg: 'ES256',
        jwks_uri: `http://127.0.0.1:${port}/`,
      }),
    );
    expect(log()).toMatch(/private_key_jwt.*oidc\.client_authentication/u);
  });
});
