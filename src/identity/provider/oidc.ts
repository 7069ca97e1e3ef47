import * as client from 'openid-client';
import type { Clock } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import { parseSubject, type Subject } from '../../base/ids.ts';
import type { Logger } from '../../base/logger.ts';
import { MS_PER_SECOND } from '../../base/units.ts';
import { createDiscovery, type Discovery } from './discovery.ts';
import {
  type ClientAuthentication,
  createClientAuthentication,
  isClientRefused,
} from './client-authentication.ts';
import { endSessionUrlOf } from './end-session.ts';
import { idpFetch } from './idp-fetch.ts';
import {
  isInvalidGrant,
  isOutage,
  isTokenRefused,
  providerErrorOf,
  toGrantError,
  toLoginError,
  toRefreshError,
} from './oidc-errors.ts';
import {
  type BeginOptions,
  type ClientMethod,
  type GrantedToken,
  type JwtFacts,
  type Oidc,
  type OidcSettings,
  type SignedIn,
  type SignInChecks,
  type Tokens,
  idpSessionOf,
  tokensOf,
} from './oidc-port.ts';
import { assertStrength } from './sign-in-strength.ts';
import { TokenAnswer } from './token-answer.ts';
import { createSigningKeys, type SigningKeys } from './signing-keys.ts';
import { requestOf } from './sign-in-request.ts';
import { type Granted, redeem, renew } from './token-requests.ts';
import { withMissingClaims } from './userinfo.ts';

export interface OidcDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Receives refresh tokens that are no longer needed, to revoke them. */
  readonly giveBack?: (refreshToken: string) => void;
}

const MAX_FUTURE_ISSUE_SECONDS = 300;
const ASYMMETRIC = /^(?:(?:RS|PS|ES)(?:256|384|512)|EdDSA|Ed25519)$/u;

/** A client of the configured provider. */
export function createOidc(settings: OidcSettings, deps: OidcDeps): Oidc {
  return new OidcClient(settings, deps);
}

class OidcClient implements Oidc {
  readonly #settings: OidcSettings;
  readonly #deps: OidcDeps;
  readonly #discovery: Discovery;
  readonly #keys: SigningKeys;
  readonly #authentication: ClientAuthentication;

  constructor(settings: OidcSettings, deps: OidcDeps) {
    this.#settings = settings;
    this.#deps = deps;
    this.#discovery = createDiscovery(settings, deps);
    this.#keys = createSigningKeys(deps.clock);
    this.#authentication = createClientAuthentication(settings, deps.logger);
  }

  async begin(options: BeginOptions): Promise<SignInChecks & { readonly url: string }> {
    const checks = {
      state: client.randomState(),
      nonce: client.randomNonce(),
      codeVerifier: client.randomPKCECodeVerifier(),
    };
    const metadata = (await this.#discovery.read()).serverMetadata();
    const parameters = await requestOf(this.#settings, { ...options, ...checks, metadata });
    const { par = 'auto' } = this.#settings;
    const isPushed = par === 'auto' ? metadata.require_pushed_authorization_requests === true : par === 'on';
    if (!isPushed) {
      return { ...checks, url: client.buildAuthorizationUrl(await this.#configure(), parameters).href };
    }
    try {
      const url = await this.#asClient((configuration) =>
        client.buildAuthorizationUrlWithPAR(configuration, parameters),
      );
      return { ...checks, url: url.href };
    } catch (error) {
      throw this.#told(toLoginError(error, 'token'));
    }
  }

  async complete(query: URLSearchParams, checks: SignInChecks): Promise<SignedIn> {
    const redeemedAtMs = this.#deps.clock.now();
    const answer = new TokenAnswer();
    const callbackUrl = new URL(this.#settings.redirectUri);
    callbackUrl.search = query.toString();
    try {
      const granted = await this.#asClient(
        (configuration) => redeem(configuration, callbackUrl, { checks, answer }),
        answer.fetch,
      );
      const { neededClaims = [] } = this.#settings;
      const { logger } = this.#deps;
      const signedIn = this.#accepted(granted, redeemedAtMs);
      return await withMissingClaims(signedIn, { neededClaims, logger, configure: () => this.#configure() });
    } catch (error) {
      // The code is spent, and no session will use the tokens that it gave.
      this.#giveBack(answer);
      throw error instanceof AppError ? this.#told(error) : error;
    }
  }

  /** Errors: `LOGIN_TOKEN`, `LOGIN_ACR`. */
  #accepted(granted: Granted, redeemedAtMs: number): SignedIn {
    const claims = granted.claims();
    const subject = parseSubject(claims?.sub);
    if (claims === undefined || subject === undefined || granted.id_token === undefined) {
      throw new AppError('LOGIN_TOKEN');
    }
    // The library accepts any future issue time (C8).
    if (claims.iat - this.#deps.clock.now() / MS_PER_SECOND > MAX_FUTURE_ISSUE_SECONDS) {
      this.#deps.logger.error('oidc.token_from_the_future', { code: 'LOGIN_TOKEN', upstream: 'idp' });
      throw new AppError('LOGIN_TOKEN');
    }
    assertStrength(claims, this.#settings.strength, this.#deps.clock.now());
    const tokens = tokensOf(granted, redeemedAtMs, { idToken: granted.id_token, refreshToken: null });
    const idpSession = { ...idpSessionOf(claims), redeemedAtMs };
    return { issuer: claims.iss, subject, claims, tokens, idpSession };
  }

  async refresh(tokens: Tokens, subject: Subject): Promise<Tokens | 'refused'> {
    const { refreshToken, unread } = tokens;
    if (refreshToken === null) return 'refused';
    const answer = new TokenAnswer(unread?.answer);
    const answeredAtMs = unread?.answeredAtMs ?? this.#deps.clock.now();
    try {
      const granted = await this.#asClient(
        (configuration) => renew(configuration, refreshToken),
        answer.fetch,
      );
      const renewedSubject = granted.claims()?.sub ?? subject;
      if (renewedSubject === subject) {
        const old = { idToken: tokens.idToken, refreshToken };
        return tokensOf(granted, answeredAtMs, old);
      }
      this.#deps.logger.error('oidc.refresh_for_another', { code: 'LOGIN_TOKEN', upstream: 'idp' });
    } catch (error) {
      if (isInvalidGrant(error)) {
        this.#deps.logger.info('oidc.refresh_refused', { upstream: 'idp', error });
        return 'refused';
      }
      if (unread !== undefined && !isOutage(error)) return this.#refreshAnew(tokens, subject);
      if (answer.text === undefined || unread !== undefined) throw this.#told(toRefreshError(error));
      this.#deps.logger.error('oidc.refresh_unread', {
        upstream: 'idp',
        code: toRefreshError(error).code,
        error,
      });
      const next = { answer: answer.text, answeredAtMs };
      return { ...tokens, refreshToken: answer.refreshToken ?? refreshToken, unread: next };
    }
    this.#giveBack(answer);
    return 'refused';
  }

  /**
   * The stored answer can be read now but is not valid: its ID token expired during a long outage of the keys. Its
   * refresh token gets a new answer.
   */
  #refreshAnew(kept: Tokens, subject: Subject): Promise<Tokens | 'refused'> {
    const { idToken, accessToken, accessExpiresAtMs, refreshToken } = kept;
    return this.refresh({ idToken, accessToken, accessExpiresAtMs, refreshToken }, subject);
  }

  /** Revokes the tokens of an answer that is not used. */
  #giveBack({ refreshToken }: TokenAnswer): void {
    if (refreshToken !== null) this.#deps.giveBack?.(refreshToken);
  }

  async grantFor(grantType: string, parameters: Readonly<Record<string, string>>): Promise<GrantedToken> {
    try {
      const granted = await this.#asClient((configuration) =>
        client.genericGrantRequest(configuration, grantType, { ...parameters }),
      );
      const { expires_in: lifeSeconds } = granted;
      return {
        accessToken: granted.access_token,
        expiresAtMs: lifeSeconds === undefined ? null : this.#deps.clock.now() + lifeSeconds * MS_PER_SECOND,
      };
    } catch (error) {
      throw toGrantError(error, this.#settings.loginUrl);
    }
  }

  async endSessionUrl(idToken: string): Promise<string | undefined> {
    try {
      const configuration = await this.#configure();
      if (configuration.serverMetadata().end_session_endpoint === undefined) return undefined;
      return endSessionUrlOf(configuration, idToken, this.#settings.postLogoutRedirectUri);
    } catch (error) {
      this.#deps.logger.warn('oidc.end_session_unknown', {
        upstream: 'idp',
        code: toLoginError(error, 'token').code,
        error,
      });
      return undefined;
    }
  }

  async revoke(refreshToken: string): Promise<void> {
    try {
      if ((await this.#discovery.read()).serverMetadata().revocation_endpoint === undefined) return;
      await this.#asClient((configuration) =>
        client.tokenRevocation(configuration, refreshToken, { token_type_hint: 'refresh_token' }),
      );
    } catch (error) {
      if (!isTokenRefused(error)) throw toLoginError(error, 'token');
      this.#deps.logger.warn('oidc.revocation_refused', { upstream: 'idp', code: 'IDP_UNAVAILABLE', error });
    }
  }

  async jwtFacts(): Promise<JwtFacts> {
    const metadata = (await this.#discovery.read()).serverMetadata();
    const { issuer, jwks_uri: jwksUri } = metadata;
    if (jwksUri === undefined) throw new AppError('IDP_UNAVAILABLE');
    const supported = metadata.id_token_signing_alg_values_supported ?? [];
    const algorithms = supported.filter((name) => ASYMMETRIC.test(name));
    return { issuer, jwksUri, algorithms: algorithms.length > 0 ? algorithms : ['RS256'] };
  }

  formOrigins(): readonly string[] {
    return this.#discovery.origins();
  }

  async knownFormOrigins(): Promise<readonly string[]> {
    await this.#discovery.read().catch(() => undefined);
    return this.formOrigins();
  }

  async check(): Promise<void> {
    await this.#discovery.look();
  }

  /** Logs the provider's report of our mistake for the operator; the person does not see it. */
  #told(error: AppError): AppError {
    const providerError = providerErrorOf(error);
    if (providerError !== undefined) {
      this.#deps.logger.error('oidc.request_refused', {
        upstream: 'idp',
        code: error.code,
        providerError,
      });
    }
    return error;
  }

  /** Authenticates as this client. Another method is tried only where the provider refused the last one. */
  async #asClient<T>(
    use: (configuration: client.Configuration) => Promise<T>,
    tokenFetch = idpFetch,
  ): Promise<T> {
    const methods = this.#authentication.methodsFor((await this.#discovery.read()).serverMetadata());
    for (const [index, method] of methods.entries()) {
      try {
        const result = await use(await this.#configure(method, tokenFetch));
        this.#authentication.took(method);
        return result;
      } catch (error) {
        const isRefused = isClientRefused(error);
        if (error instanceof client.ResponseBodyError && !isRefused) this.#authentication.took(method);
        if (!isRefused || index === methods.length - 1) throw error;
      }
    }
    throw new AppError('INTERNAL');
  }

  /**
   * A separate configuration for each use: its keys then come from our cache, not from the library's.
   * @param method how the client authenticates, where it has to
   */
  async #configure(method?: ClientMethod, tokenFetch = idpFetch): Promise<client.Configuration> {
    const metadata = (await this.#discovery.read()).serverMetadata();
    const { clientId, timeoutMs, allowInsecureRequests } = this.#settings;
    const skewSeconds = Math.round((this.#deps.clock.now() - Date.now()) / MS_PER_SECOND);
    const own: Partial<client.ClientMetadata> = { [client.clockSkew]: skewSeconds };
    const auth = method === undefined ? client.None() : await this.#authentication.auth(method);
    const configuration = new client.Configuration(metadata, clientId, own, auth);
    configuration.timeout = timeoutMs / MS_PER_SECOND;
    configuration[client.customFetch] = this.#keys.fetchForGrant(metadata.jwks_uri, tokenFetch);
    // Over TLS the standard lets a client skip the ID token's signature, and the library does (C7).
    client.enableNonRepudiationChecks(configuration);
    if (allowInsecureRequests) client.allowInsecureRequests(configuration);
    return configuration;
  }
}
