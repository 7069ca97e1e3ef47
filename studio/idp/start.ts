import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { exportJWK, generateKeyPair } from 'jose';
import { Provider, type Configuration } from 'oidc-provider';
import { createMemoryAdapter } from './memory-adapter.ts';
import { DEMO_PEOPLE, type IdpPerson } from './people.ts';
import { renderSignInPage } from './sign-in-page.ts';

export interface IdpClient {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUris: readonly string[];
  readonly postLogoutRedirectUris: readonly string[];
  readonly backchannelLogoutUri?: string;
}

export interface IdpOptions {
  /** 0 takes a free port. */
  readonly port: number;
  readonly clients: readonly IdpClient[];
  readonly people?: readonly IdpPerson[];
}

export interface Idp {
  readonly issuer: string;
  readonly port: number;
  close(): Promise<void>;
}

const HOUR = 3600;
const DAY = 24 * HOUR;

/** A real OpenID Connect provider on loopback: code flow with PKCE, its own session, refresh tokens, logout. */
export async function startIdp(options: IdpOptions): Promise<Idp> {
  const handler: { handle?: (request: IncomingMessage, response: ServerResponse) => void } = {};
  const server = createServer((request, response) => handler.handle?.(request, response));
  server.listen(options.port, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const issuer = `http://localhost:${port}`;
  const people = options.people ?? DEMO_PEOPLE;
  const provider = new Provider(issuer, await configuration(options.clients, people));
  handler.handle = createPages(provider, people);
  return {
    issuer,
    port,
    async close() {
      server.close();
      server.closeAllConnections();
      await Promise.resolve();
    },
  };
}

async function configuration(
  clients: readonly IdpClient[],
  people: readonly IdpPerson[],
): Promise<Configuration> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const key = {
    ...(await exportJWK(privateKey)),
    kid: randomBytes(8).toString('hex'),
    alg: 'RS256',
    use: 'sig',
  };
  return {
    adapter: createMemoryAdapter(),
    clients: clients.map((client) => ({
      client_id: client.clientId,
      client_secret: client.clientSecret,
      redirect_uris: [...client.redirectUris],
      post_logout_redirect_uris: [...client.postLogoutRedirectUris],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      ...(client.backchannelLogoutUri === undefined
        ? {}
        : { backchannel_logout_uri: client.backchannelLogoutUri, backchannel_logout_session_required: true }),
    })),
    jwks: { keys: [key] as never },
    cookies: { keys: [randomBytes(32).toString('hex')] },
    claims: { openid: ['sub'], profile: ['name', 'preferred_username'], email: ['email', 'email_verified'] },
    // The claims go into the ID token, where Shotgraph reads them.
    conformIdTokenClaims: false,
    scopes: ['openid', 'profile', 'email', 'offline_access'],
    pkce: { required: () => true },
    features: {
      devInteractions: { enabled: false },
      revocation: { enabled: true },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: { enabled: true, logoutSource, postLogoutSuccessSource },
    },
    interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
    ttl: {
      AccessToken: HOUR,
      AuthorizationCode: 60,
      IdToken: HOUR,
      RefreshToken: DAY,
      Interaction: HOUR,
      Session: DAY,
      Grant: DAY,
    },
    findAccount: (_context, subject) => accountOf(people, subject),
    loadExistingGrant: grantEverything,
    renderError(context, out) {
      context.type = 'html';
      context.body = `<!doctype html><title>Sign-in problem</title><p>The sign-in could not go on: ${escapeCode(out.error)}.</p>`;
    },
  };
}

const escapeCode = (code: string): string => code.replaceAll(/[^a-z_]/gu, '');

function accountOf(people: readonly IdpPerson[], subject: string) {
  const person = people.find((candidate) => candidate.subject === subject);
  if (person === undefined) return undefined;
  const { name, email, login } = person;
  return {
    accountId: subject,
    claims: () => ({ sub: subject, name, email, email_verified: true, preferred_username: login }),
  };
}

/** The studio trusts its own clients: nobody is asked for consent. */
const grantEverything: NonNullable<Configuration['loadExistingGrant']> = async (context) => {
  const { client, session, provider } = context.oidc;
  if (client === undefined || session?.accountId === undefined) return undefined;
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope('openid profile email offline_access');
  await grant.save();
  return grant;
};

/** Signing out needs no question either: the form submits itself with the button as a way without scripts. */
function logoutSource(context: { body: unknown }, form: string): void {
  context.body = `<!doctype html><title>Signing out</title>${form}<button form="op.logoutForm" name="logout" value="yes" autofocus>Sign out</button>
<script>const f = document.forms['op.logoutForm']; const i = document.createElement('input'); i.type = 'hidden'; i.name = 'logout'; i.value = 'yes'; f.append(i); f.submit();</script>`;
}

function postLogoutSuccessSource(context: { body: unknown }): void {
  context.body = '<!doctype html><title>Signed out</title><p>You are signed out.</p>';
}

function createPages(provider: Provider, people: readonly IdpPerson[]) {
  const app = express();
  app.disable('x-powered-by');
  app.get('/interaction/:uid', async (request, response) => {
    const { params } = await provider.interactionDetails(request, response);
    response.set('cache-control', 'no-store').send(
      renderSignInPage({
        action: request.path,
        people,
        hint: typeof params['login_hint'] === 'string' ? params['login_hint'] : undefined,
        error: undefined,
      }),
    );
  });
  app.post('/interaction/:uid', express.urlencoded({ extended: false }), async (request, response) => {
    await provider.interactionDetails(request, response);
    const { login } = request.body as { login?: unknown };
    const person = people.find((candidate) => candidate.login === login);
    if (person === undefined) {
      const error = 'There is no such account. Choose one of the list.';
      response.status(400).send(renderSignInPage({ action: request.path, people, hint: undefined, error }));
      return;
    }
    await provider.interactionFinished(request, response, { login: { accountId: person.subject } });
  });
  app.use(provider.callback());
  return app;
}
