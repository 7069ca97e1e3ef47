import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Configuration } from 'oidc-provider';
import { Provider } from 'oidc-provider/lib/provider.js';
import { createConfiguration } from './configuration.ts';
import type { IdpApi, IdpClient } from './clients.ts';
import { DEMO_PEOPLE, type IdpPerson } from './people.ts';
import { createRoutes } from './routes.ts';
import { addOnBehalfOf, addTokenExchange } from './token-exchange.ts';
import { KEEP_ALIVE_MS } from '../keep-alive.ts';

export interface IdpOptions {
  /** 0 takes a free port. */
  readonly port: number;
  /** Loopback by default. */
  readonly host?: string;
  /** The address that people and servers use, if a TLS proxy is in front. */
  readonly publicUrl?: string;
  readonly clients: readonly IdpClient[];
  readonly people?: readonly IdpPerson[];
  readonly apis?: readonly IdpApi[];
  /** Sends `Cross-Origin-Opener-Policy: same-origin`, as some providers do: windows lose their opener. */
  readonly cutsOpener?: boolean;
  /** All sign-ins of a browser share one grant, as at Keycloak: revoking one refresh token ends them all. */
  readonly hasOneGrant?: boolean;
  /** Of the issuer, such as `/realms/studio`; none by default. */
  readonly path?: string;
  /** Changes the provider's own settings, for tests of providers that behave differently. */
  readonly bend?: (configuration: Configuration) => Configuration;
}

export interface Idp {
  /** `http://localhost:<port>`, or the public address. */
  readonly issuer: string;
  readonly port: number;
  /** Resolves when the port is free again. */
  close(): Promise<void>;
}

/** A real OpenID Connect provider on loopback: code flow with PKCE, its own session, refresh tokens, logout. */
export async function startIdp(options: IdpOptions): Promise<Idp> {
  // The issuer contains the port, so the provider is created once the port is known.
  let handle: RequestListener | undefined;
  const server = createServer((request, response) => handle?.(request, response));
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.listen(options.port, options.host ?? '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const { path = '' } = options;
  const issuer = `${options.publicUrl ?? `http://localhost:${port}`}${path}`;
  const people = options.people ?? DEMO_PEOPLE;
  const { bend = (configuration) => configuration } = options;
  const configuration = await createConfiguration(options.clients, people, {
    ...{ apis: options.apis, path, hasOneGrant: options.hasOneGrant },
  });
  const provider = new Provider(issuer, bend(configuration));
  // Only with a proxy may a header state that the request came by TLS.
  provider.proxy = options.publicUrl !== undefined;
  addTokenExchange(provider, options.apis ?? []);
  addOnBehalfOf(provider, options.apis ?? []);
  const routes = createRoutes(provider, people, path);
  handle = (request, response) => {
    if (options.cutsOpener === true) response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
    routes(request, response);
  };
  return {
    issuer,
    port,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
