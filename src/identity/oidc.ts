import * as client from 'openid-client';
import type { Clock } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import { parseSubject } from '../base/ids.ts';
import type { Logger } from '../base/logger.ts';
import { createDiscovery } from './discovery.ts';
import { idpFetch } from './idp-fetch.ts';
import { toLoginError } from './oidc-errors.ts';
import type { BeginOptions, Oidc, OidcSettings, Prompt, SignedIn, SignInChecks } from './oidc-port.ts';
import { createSigningKeys, type SigningKeys } from './signing-keys.ts';

export interface OidcDeps {
  readonly clock: Clock;
  readonly logger: Logger;
}

const MAX_FUTURE_ISSUE_SECONDS = 300;
const MS_PER_SECOND = 1000;

export function createOidc(settings: OidcSettings, deps: OidcDeps): Oidc {
  return new OidcClient(settings, deps);
}

class OidcClient implements Oidc {
  readonly #settings: OidcSettings;
  readonly #deps: OidcDeps;
  readonly #discover: () => Promise<client.Configuration>;
  readonly #keys: SigningKeys;
  #formOrigins: readonly string[];

  constructor(settings: OidcSettings, deps: OidcDeps) {
    this.#settings = settings;
    this.#deps = deps;
    this.#discover = createDiscovery(settings, deps);
    this.#keys = createSigningKeys(deps.clock);
    this.#formOrigins = [new URL(settings.issuer).origin];
  }

  async begin({ loginHint, prompt }: BeginOptions): Promise<SignInChecks & { readonly url: string }> {
    const configuration = await this.#configure();
    const checks = {
      state: client.randomState(),
      nonce: client.randomNonce(),
      codeVerifier: client.randomPKCECodeVerifier(),
    };
    const url = client.buildAuthorizationUrl(configuration, {
      redirect_uri: this.#settings.redirectUri,
      scope: this.#settings.scope,
      state: checks.state,
      nonce: checks.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(checks.codeVerifier),
      code_challenge_method: 'S256',
      ...(loginHint === undefined ? {} : { login_hint: loginHint }),
      ...(prompt === undefined ? {} : { prompt: supportedPrompt(prompt, configuration.serverMetadata()) }),
    });
    return { ...checks, url: url.href };
  }

  async complete(query: URLSearchParams, checks: SignInChecks): Promise<SignedIn> {
    const configuration = await this.#configure();
    const callbackUrl = new URL(this.#settings.redirectUri);
    callbackUrl.search = query.toString();
    const granted = await redeem(configuration, callbackUrl, checks);
    const claims = granted.claims();
    const subject = parseSubject(claims?.sub ?? '');
    if (claims === undefined || subject === undefined || granted.id_token === undefined) {
      throw new AppError('LOGIN_TOKEN');
    }
    // The library accepts any future issue time (C8).
    if (claims.iat - this.#deps.clock.now() / MS_PER_SECOND > MAX_FUTURE_ISSUE_SECONDS) {
      this.#deps.logger.error('oidc.token_from_the_future', { upstream: 'idp' });
      throw new AppError('LOGIN_TOKEN');
    }
    const tokens = { idToken: granted.id_token, refreshToken: granted.refresh_token ?? null };
    return { issuer: claims.iss, subject, claims, tokens };
  }

  async endSessionUrl(idToken: string): Promise<string | undefined> {
    try {
      const configuration = await this.#configure();
      if (configuration.serverMetadata().end_session_endpoint === undefined) return undefined;
      return client.buildEndSessionUrl(configuration, {
        id_token_hint: idToken,
        post_logout_redirect_uri: this.#settings.postLogoutRedirectUri,
      }).href;
    } catch (error) {
      this.#deps.logger.warn('oidc.end_session_unknown', { upstream: 'idp', error });
      return undefined;
    }
  }

  async revoke(refreshToken: string): Promise<void> {
    try {
      const configuration = await this.#configure();
      if (configuration.serverMetadata().revocation_endpoint === undefined) return;
      await client.tokenRevocation(configuration, refreshToken, { token_type_hint: 'refresh_token' });
    } catch (error) {
      this.#deps.logger.warn('oidc.revocation_failed', { upstream: 'idp', error });
    }
  }

  formOrigins(): readonly string[] {
    return this.#formOrigins;
  }

  async check(): Promise<void> {
    await this.#discover();
  }

  /** A configuration of its own for each use: its keys then come from our cache, not from the library's. */
  async #configure(): Promise<client.Configuration> {
    const metadata = (await this.#discover()).serverMetadata();
    this.#formOrigins = originsOf(metadata);
    const { clientId, clientSecret, timeoutMs, allowInsecureRequests } = this.#settings;
    const skewSeconds = Math.round((this.#deps.clock.now() - Date.now()) / MS_PER_SECOND);
    const own: Partial<client.ClientMetadata> = {
      client_secret: clientSecret,
      [client.clockSkew]: skewSeconds,
    };
    const authentication = authenticationFor(metadata, clientSecret);
    const configuration = new client.Configuration(metadata, clientId, own, authentication);
    configuration.timeout = timeoutMs / MS_PER_SECOND;
    configuration[client.customFetch] = this.#keys.fetchForGrant(metadata.jwks_uri, idpFetch);
    // Over TLS the standard lets a client skip the ID token's signature, and the library does (security.md 0.3).
    client.enableNonRepudiationChecks(configuration);
    if (allowInsecureRequests) client.allowInsecureRequests(configuration);
    return configuration;
  }
}

function originsOf(metadata: client.ServerMetadata): readonly string[] {
  const addresses = [metadata.issuer, metadata.authorization_endpoint, metadata.end_session_endpoint];
  return [...new Set(addresses.flatMap((url) => (url === undefined ? [] : new URL(url).origin)))];
}

/** The secret in the header where the provider allows it: that is the default of the standard. */
function authenticationFor(metadata: client.ServerMetadata, clientSecret: string): client.ClientAuth {
  const methods = metadata.token_endpoint_auth_methods_supported;
  return methods === undefined || methods.includes('client_secret_basic')
    ? client.ClientSecretBasic(clientSecret)
    : client.ClientSecretPost(clientSecret);
}

type Granted = Awaited<ReturnType<typeof client.authorizationCodeGrant>>;

async function redeem(
  configuration: client.Configuration,
  callbackUrl: URL,
  checks: SignInChecks,
): Promise<Granted> {
  let stage: 'response' | 'token' = 'response';
  const inner = configuration[client.customFetch] ?? idpFetch;
  configuration[client.customFetch] = (url, options) => {
    stage = 'token';
    return inner(url, options);
  };
  try {
    return await client.authorizationCodeGrant(configuration, callbackUrl, {
      expectedState: checks.state,
      expectedNonce: checks.nonce,
      pkceCodeVerifier: checks.codeVerifier,
    });
  } catch (error) {
    throw toLoginError(error, stage);
  }
}

/** `select_account` is not offered everywhere; `login` then lets another person sign in too. */
function supportedPrompt(prompt: Prompt, metadata: client.ServerMetadata): string {
  const supported: unknown = metadata['prompt_values_supported'];
  return prompt === 'select_account' && Array.isArray(supported) && !supported.includes(prompt)
    ? 'login'
    : prompt;
}
