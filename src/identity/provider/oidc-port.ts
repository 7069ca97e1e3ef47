import type { Subject } from '../../base/ids.ts';
import type { Config } from '../../config/config.ts';
import { authTimeOf, type SignInStrength } from './sign-in-strength.ts';
import type * as client from 'openid-client';
import { MS_PER_SECOND } from '../../base/units.ts';

export type ClientMethod = Exclude<Config['oidc']['clientMethod'], 'auto'>;

export interface ClientCredentials {
  readonly clientId: string;
  /** Empty where the client only has a key. */
  readonly clientSecret: string;
  /** `auto` by default. */
  readonly clientMethod?: Config['oidc']['clientMethod'];
  readonly clientKey?: Config['oidc']['clientKey'];
}

export interface OidcSettings extends ClientCredentials {
  readonly issuer: string;
  /** Pushed authorization requests; `auto` by default. */
  readonly par?: Config['oidc']['par'];
  /** Additional parameters of the authorization request. */
  readonly parameters?: Config['oidc']['parameters'];
  /** Claims that are read from userinfo where the ID token lacks them. */
  readonly neededClaims?: readonly string[];
  readonly scope: string;
  readonly strength: SignInStrength;
  readonly timeoutMs: number;
  /** From the configuration, never from a header of a request (C20). */
  readonly redirectUri: string;
  readonly postLogoutRedirectUri: string;
  /** Where a person signs in here: a part of errors that ask for a stronger sign-in. */
  readonly loginUrl: string;
  /** A provider over http: for development on loopback only. */
  readonly allowInsecureRequests: boolean;
}

export type Prompt = 'login' | 'select_account' | 'none';

export interface BeginOptions {
  readonly loginHint?: string | undefined;
  readonly prompt?: Prompt | undefined;
  /** A request for claims (OpenID Connect Core 5.5), as returned by `parseClaimsRequest`. */
  readonly claims?: string | undefined;
}

/** Values to keep between the redirect to the provider and the callback. */
export interface SignInChecks {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

export interface Tokens {
  readonly idToken: string;
  readonly accessToken: string;
  /** Milliseconds since 1970; null where the provider sends no expiry. */
  readonly accessExpiresAtMs: number | null;
  /** The total lifetime, where it is known. */
  readonly accessLifeMs?: number;
  readonly refreshToken: string | null;
  /**
   * The token endpoint's last answer, while its signature cannot be checked yet. The refresh token above comes
   * from it: the previous one is spent. Nothing else of it is used until then.
   */
  readonly unread?: { readonly answer: string; readonly answeredAtMs: number };
}

/** The ID token's data about the session at the provider itself. */
export interface IdpSession {
  /** Its name (`sid`), which a back-channel logout may contain instead of the person's. */
  readonly sid: string | null;
  /** When we redeemed the sign-in's code at the provider, by our clock. */
  readonly redeemedAtMs: number;
  /** From the claim `session_expiry`. */
  readonly endsAtMs: number | null;
  /** When the person was last asked to sign in there (`auth_time`); absent or null where the provider does not say. */
  readonly authTimeMs?: number | null;
}

export interface SignedIn {
  readonly issuer: string;
  readonly subject: Subject;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly tokens: Tokens;
  readonly idpSession: IdpSession;
}

export interface GrantedToken {
  readonly accessToken: string;
  /** Milliseconds since 1970; null where the provider sends no expiry. */
  readonly expiresAtMs: number | null;
}

export interface JwtFacts {
  readonly issuer: string;
  readonly jwksUri: string;
  /** Signature algorithms that only the provider can use: a shared secret is not one (D19). */
  readonly algorithms: readonly string[];
}

/** Authorization code flow with PKCE, state and nonce at one provider (RFC 10017). */
export interface Oidc {
  /** The URL for the browser's redirect. Errors: `IDP_UNAVAILABLE`, `IDP_TIMEOUT`. */
  begin(options: BeginOptions): Promise<SignInChecks & { readonly url: string }>;
  /**
   * Redeems the code of a callback.
   * @param query the callback's query; the rest of its URL comes from the configuration
   * Errors: `LOGIN_STATE`, `LOGIN_TOKEN`, `LOGIN_ACR`, `LOGIN_DENIED`, `LOGIN_REQUIRED`, `IDP_UNAVAILABLE`,
   * `IDP_TIMEOUT`.
   */
  complete(query: URLSearchParams, checks: SignInChecks): Promise<SignedIn>;
  /**
   * New tokens for a refresh token. `refused` where the provider ended it (`invalid_grant`), or its answer is for
   * another person. With `unread` where it answered but its keys cannot be read: store these tokens and call again
   * with them.
   * Errors: `IDP_UNAVAILABLE`, `IDP_TIMEOUT`: the session may continue (D12).
   */
  refresh(tokens: Tokens, subject: Subject): Promise<Tokens | 'refused'>;
  /**
   * A token for another system: by an exchange of the person's token, on their behalf, or for the client itself.
   * @param parameters of the grant, besides those that authenticate the client
   * Errors: `SYSTEM_TOKEN`, `STEP_UP`, `IDP_UNAVAILABLE`, `IDP_TIMEOUT`.
   */
  grantFor(grantType: string, parameters: Readonly<Record<string, string>>): Promise<GrantedToken>;
  /** The URL that ends the session at the provider; undefined where it has none or cannot be reached (D16). */
  endSessionUrl(idToken: string): Promise<string | undefined>;
  /**
   * Ends a refresh token at the provider.
   * Errors: `IDP_UNAVAILABLE`, `IDP_TIMEOUT`. A refusal by the provider is only logged.
   */
  revoke(refreshToken: string): Promise<void>;
  /** The facts that tokens of the provider are checked against. Errors: `IDP_UNAVAILABLE`, `IDP_TIMEOUT`. */
  jwtFacts(): Promise<JwtFacts>;
  /** Origins that our forms may redirect to, as far as known: pages allow them as form targets (E20). */
  formOrigins(): readonly string[];
  /** The same, after the provider's discovery document was read, if it can be. It is read once, not at each call. */
  knownFormOrigins(): Promise<readonly string[]>;
  /** For readiness: rejects where the provider's discovery document cannot be read now. */
  check(): Promise<void>;
}

/**
 * Tokens are renewed this long before their expiry, so that requests do not wait for a slow provider or a short
 * outage.
 */
const AHEAD_MS = 30_000;
/** Otherwise a token that lives for seconds would be renewed at every request. */
const AHEAD_SHARE = 0.1;

/** When renewal of a token starts; null where its expiry is unknown or it cannot be renewed. */
export function renewAtOf({ accessExpiresAtMs, accessLifeMs, refreshToken }: Tokens): number | null {
  if (accessExpiresAtMs === null || refreshToken === null) return null;
  return accessExpiresAtMs - Math.min(AHEAD_MS, (accessLifeMs ?? Number.POSITIVE_INFINITY) * AHEAD_SHARE);
}

/** @param old supplies what the provider does not send again (RFC 6749 6) */
export function tokensOf(
  granted: client.TokenEndpointResponse,
  answeredAtMs: number,
  old: Pick<Tokens, 'idToken' | 'refreshToken'>,
): Tokens {
  const lifeSeconds = granted.expires_in;
  return {
    idToken: granted.id_token ?? old.idToken,
    accessToken: granted.access_token,
    accessExpiresAtMs: lifeSeconds === undefined ? null : answeredAtMs + lifeSeconds * MS_PER_SECOND,
    ...(lifeSeconds !== undefined && { accessLifeMs: lifeSeconds * MS_PER_SECOND }),
    refreshToken: granted.refresh_token ?? old.refreshToken,
  };
}

export function idpSessionOf(claims: client.IDToken): Omit<IdpSession, 'redeemedAtMs'> {
  const { session_expiry: endsAtSeconds } = claims;
  return {
    sid: sidOf(claims),
    authTimeMs: authTimeOf(claims),
    endsAtMs: typeof endsAtSeconds === 'number' ? endsAtSeconds * MS_PER_SECOND : null,
  };
}

/** The provider's name of the session, which its sign-outs refer to. */
export function sidOf({ sid }: Readonly<Record<string, unknown>>): string | null {
  return typeof sid === 'string' && sid !== '' ? sid : null;
}
