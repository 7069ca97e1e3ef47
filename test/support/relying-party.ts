import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as client from 'openid-client';
import { startIdp, type Idp, type IdpOptions } from '../../studio/idp/start.ts';
import type { BrowserClient, Visit } from './browser-client.ts';

export interface SignIn {
  readonly tokens: Awaited<ReturnType<typeof client.authorizationCodeGrant>>;
  /** Whether the provider showed its sign-in page on the way. */
  readonly sawPage: boolean;
}

export interface SignInOptions {
  /** Who is chosen, should the sign-in page appear. */
  readonly login?: string;
  readonly parameters?: Readonly<Record<string, string>>;
}

/** The demo's identity provider with one client that is nothing but a callback and a back-channel address. */
export interface RelyingParty {
  readonly idp: Idp;
  readonly url: string;
  readonly configuration: client.Configuration;
  /** Bodies of the back-channel logouts that arrived. */
  readonly logoutTokens: readonly string[];
  /** The first page of a sign-in: the provider's own, or already the callback. */
  open(browser: BrowserClient, parameters?: Readonly<Record<string, string>>): Promise<Opened>;
  signIn(browser: BrowserClient, options?: SignInOptions): Promise<SignIn>;
  stop(): Promise<void>;
}

export interface Opened {
  readonly page: Visit;
  readonly verifier: string;
  readonly nonce: string;
}

export async function startRelyingParty(ways: Pick<IdpOptions, 'hasOneGrant'> = {}): Promise<RelyingParty> {
  const logoutTokens: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      if (request.url === '/backchannel')
        logoutTokens.push(new URLSearchParams(body).get('logout_token') ?? '');
      response.setHeader('cache-control', 'no-store').end('here');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://localhost:${(server.address() as AddressInfo).port}`;
  const idp = await startIdp({
    ...ways,
    port: 0,
    clients: [
      {
        clientId: 'tool',
        clientSecret: 'a-secret-of-the-tool',
        redirectUris: [`${url}/callback`],
        postLogoutRedirectUris: [`${url}/bye`],
        backchannelLogoutUri: `${url}/backchannel`,
      },
    ],
  });
  const configuration = await client.discovery(
    new URL(idp.issuer),
    'tool',
    'a-secret-of-the-tool',
    undefined,
    // The provider is on loopback without TLS; its ID tokens are checked all the same.
    { execute: [client.allowInsecureRequests, client.enableNonRepudiationChecks] },
  );

  const open: RelyingParty['open'] = async (browser, parameters = {}) => {
    const verifier = client.randomPKCECodeVerifier();
    const nonce = client.randomNonce();
    const start = client.buildAuthorizationUrl(configuration, {
      redirect_uri: `${url}/callback`,
      scope: 'openid profile email',
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      nonce,
      ...parameters,
    });
    return { page: await browser.get(start.href), verifier, nonce };
  };
  return {
    idp,
    url,
    configuration,
    logoutTokens,
    open,
    async signIn(browser, { login = 'mira', parameters = {} } = {}) {
      const { page, verifier, nonce } = await open(browser, parameters);
      const sawPage = page.url.startsWith(`${idp.issuer}/interaction/`);
      const last = sawPage ? await browser.post(page.url, { form: { login } }) : page;
      const arrived = last.url.startsWith(`${url}/`) ? last : await submitOnlyForm(browser, last);
      const tokens = await client.authorizationCodeGrant(configuration, new URL(arrived.url), {
        pkceCodeVerifier: verifier,
        expectedNonce: nonce,
      });
      return { tokens, sawPage };
    },
    async stop() {
      server.close();
      server.closeAllConnections();
      await idp.close();
    },
  };
}

/** What the script of a page that sends itself does. */
export function submitOnlyForm(
  browser: BrowserClient,
  page: Visit,
  extra: Readonly<Record<string, string>> = {},
): Promise<Visit> {
  const action = /<form[^>]* action="([^"]+)"/u.exec(page.body)?.[1] ?? '';
  const inputs = [...page.body.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/gu)];
  const fields = Object.fromEntries(inputs.map(([, name = '', value = '']) => [name, value]));
  return browser.post(new URL(action, page.url).href, { form: { ...fields, ...extra } });
}
