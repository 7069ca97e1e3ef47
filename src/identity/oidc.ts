import * as client from 'openid-client';
import type { Clock } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import { parseSubject, type Subject } from '../base/ids.ts';
import type { Logger } from '../base/logger.ts';
import { createDiscovery } from './discovery.ts';
import { idpFetch } from './idp-fetch.ts';
import { isCutConnection, isInvalidGrant, toLoginError, toRefreshError } from './oidc-errors.ts';
import type {
  BeginOptions,
  GrantedToken,
  JwtFacts,
  Oidc,
  OidcSettings,
  Prompt,
  SignedIn,
  SignInChecks,
  Tokens,
} from './oidc-port.ts';
import { assertStrength, strengthParameters } from './sign-in-strength.ts';
import { idpSessionOf, tokensOf } from './token-facts.ts';
import { TokenAnswer } from './token-answer.ts';
import { createSigningKeys, type SigningKeys } from './signing-keys.ts';
import { stepUpError } from './step-up.ts';

export interface OidcDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Takes refresh tokens that are of no use to anybody. */
  readonly giveBack?: (refreshToken: string) => void;
}

const MAX_FUTURE_ISSUE_SECONDS = 300;
const MS_PER_SECOND = 1000;
const ASYMMETRIC = /^(?:(?:RS|PS|ES)(?:256|384|512)|EdDSA|Ed25519)$/u;

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

  async begin({ loginHint, prompt, claims }: BeginOptions): Promise<SignInChecks & { readonly url: string }> {
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
      ...strengthParameters(this.#settings.strength),
      ...(claims === undefined ? {} : { claims }),
      ...(loginHint === undefined ? {} : { login_hint: loginHint }),
      ...(prompt === undefined ? {} : { prompt: supportedPrompt(prompt, configuration.serverMetadata()) }),
    });
    return { ...checks, url: url.href };
  }

  async complete(query: URLSearchParams, checks: SignInChecks): Promise<SignedIn> {
    const redeemedAtMs = this.#deps.clock.now();
    const answer = new TokenAnswer();
    const configuration = await this.#configure(answer.fetch);
    const callbackUrl = new URL(this.#settings.redirectUri);
    callbackUrl.search = query.toString();
    try {
      return this.#accepted(await redeem(configuration, callbackUrl, checks), redeemedAtMs);
    } catch (error) {
      // The code is spent, and no session is made of what came for it.
      this.#giveBack(answer);
      throw error;
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
      this.#deps.logger.error('oidc.token_from_the_future', { upstream: 'idp' });
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
    const configuration = await this.#configure(answer.fetch);
    const answeredAtMs = unread?.answeredAtMs ?? this.#deps.clock.now();
    try {
      const granted = await renew(configuration, refreshToken);
      const renewedSubject = granted.claims()?.sub ?? subject;
      if (renewedSubject === subject) {
        const old = { idToken: tokens.idToken, refreshToken };
        return tokensOf(granted, answeredAtMs, old);
      }
      this.#deps.logger.error('oidc.refresh_for_another', { upstream: 'idp' });
    } catch (error) {
      if (isInvalidGrant(error)) {
        this.#deps.logger.info('oidc.refresh_refused', { upstream: 'idp', error });
        return 'refused';
      }
      if (answer.text === undefined || unread !== undefined) throw toRefreshError(error);
      this.#deps.logger.error('oidc.refresh_unread', { upstream: 'idp', error });
      const next = { answer: answer.text, answeredAtMs };
      return { ...tokens, refreshToken: answer.refreshToken ?? refreshToken, unread: next };
    }
    this.#giveBack(answer);
    return 'refused';
  }

  /** Nobody will use what the provider gave. */
  #giveBack({ refreshToken }: TokenAnswer): void {
    if (refreshToken !== null) this.#deps.giveBack?.(refreshToken);
  }

  async grantFor(grantType: string, parameters: Readonly<Record<string, string>>): Promise<GrantedToken> {
    const configuration = await this.#configure();
    try {
      const granted = await client.genericGrantRequest(configuration, grantType, { ...parameters });
      const { expires_in: lifeSeconds } = granted;
      return {
        accessToken: granted.access_token,
        expiresAtMs: lifeSeconds === undefined ? null : this.#deps.clock.now() + lifeSeconds * MS_PER_SECOND,
      };
    } catch (error) {
      const ours = toLoginError(error, 'token');
      if (ours.code === 'IDP_TIMEOUT') throw ours;
      // The provider answered, and said no: to this person, or to this server for this system.
      if (error instanceof client.ResponseBodyError) {
        throw stepUpError(error) ?? new AppError('SYSTEM_REFUSED', { cause: error });
      }
      throw ours.code === 'LOGIN_TOKEN' ? new AppError('IDP_UNAVAILABLE', { cause: error }) : ours;
    }
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
      if (!(error instanceof client.ResponseBodyError)) throw toLoginError(error, 'token');
      this.#deps.logger.warn('oidc.revocation_refused', { upstream: 'idp', error });
    }
  }

  async jwtFacts(): Promise<JwtFacts> {
    const metadata = (await this.#discover()).serverMetadata();
    const { issuer, jwks_uri: jwksUri } = metadata;
    if (jwksUri === undefined) throw new AppError('IDP_UNAVAILABLE');
    const supported = metadata.id_token_signing_alg_values_supported ?? [];
    const algorithms = supported.filter((name) => ASYMMETRIC.test(name));
    return { issuer, jwksUri, algorithms: algorithms.length > 0 ? algorithms : ['RS256'] };
  }

  formOrigins(): readonly string[] {
    return this.#formOrigins;
  }

  async check(): Promise<void> {
    await this.#discover();
  }

  /** A configuration of its own for each use: its keys then come from our cache, not from the library's. */
  async #configure(tokenFetch: client.CustomFetch = idpFetch): Promise<client.Configuration> {
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
    configuration[client.customFetch] = this.#keys.fetchForGrant(metadata.jwks_uri, tokenFetch);
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

/**
 * Once more where the connection was cut: the provider may have answered, and many take the old token for a while (D11).
 * What has arrived is not asked for again, whatever fails after it.
 */
async function renew(
  configuration: client.Configuration,
  refreshToken: string,
): Promise<client.TokenEndpointResponse & client.TokenEndpointResponseHelpers> {
  try {
    return await client.refreshTokenGrant(configuration, refreshToken);
  } catch (error) {
    if (!isCutConnection(error)) throw error;
    return client.refreshTokenGrant(configuration, refreshToken);
  }
}

/** `select_account` is not offered everywhere; `login` then lets another person sign in too. */
function supportedPrompt(prompt: Prompt, metadata: client.ServerMetadata): string {
  const supported: unknown = metadata['prompt_values_supported'];
  return prompt === 'select_account' && Array.isArray(supported) && !supported.includes(prompt)
    ? 'login'
    : prompt;
}
