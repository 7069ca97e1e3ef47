import type { Subject } from '../../base/ids.ts';
import type { Config } from '../../config/config.ts';
import type { SignInStrength } from './sign-in-strength.ts';

export type ClientMethod = Exclude<Config['oidc']['clientMethod'], 'auto'>;

export interface ClientCredentials {
  readonly clientId: string;
  /** Empty where there is a key alone. */
  readonly clientSecret: string;
  /** `auto` where it is not said. */
  readonly clientMethod?: Config['oidc']['clientMethod'];
  readonly clientKey?: Config['oidc']['clientKey'];
}

export interface OidcSettings extends ClientCredentials {
  readonly issuer: string;
  /** Pushed authorization requests; `auto` where it is not said. */
  readonly par?: Config['oidc']['par'];
  /** Further ones of the authorization request. */
  readonly parameters?: Config['oidc']['parameters'];
  /** Claims that are looked for in userinfo where the ID token lacks them. */
  readonly neededClaims?: readonly string[];
  readonly scope: string;
  readonly strength: SignInStrength;
  readonly timeoutMs: number;
  /** From the configuration, never from a header of a request (C20). */
  readonly redirectUri: string;
  readonly postLogoutRedirectUri: string;
  /** A provider over http: for development on loopback only. */
  readonly allowInsecureRequests: boolean;
}

export type Prompt = 'login' | 'select_account' | 'none';

export interface BeginOptions {
  readonly loginHint?: string | undefined;
  readonly prompt?: Prompt | undefined;
  /** A request for claims (OpenID Connect Core 5.5), as `parseClaimsRequest` gives it. */
  readonly claims?: string | undefined;
}

/** What must be remembered between leaving for the provider and coming back. */
export interface SignInChecks {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

export interface Tokens {
  readonly idToken: string;
  readonly accessToken: string;
  /** Milliseconds since 1970; null where the provider does not say. */
  readonly accessExpiresAtMs: number | null;
  /** How long it lives altogether, where that is known. */
  readonly accessLifeMs?: number;
  readonly refreshToken: string | null;
  /**
   * What the token endpoint answered last, where its signature could not be checked yet. The refresh token above is of it:
   * the one before is spent. Nothing else of it is used until then.
   */
  readonly unread?: { readonly answer: string; readonly answeredAtMs: number };
}

/** What an ID token tells about the session at the provider itself. */
export interface IdpSession {
  /** Its name (`sid`), which a back-channel logout may give instead of the person's. */
  readonly sid: string | null;
  /** When we took the sign-in's code to the provider, by our clock. */
  readonly redeemedAtMs: number;
  /** From the claim `session_expiry`. */
  readonly endsAtMs: number | null;
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
  /** Milliseconds since 1970; null where the provider does not say. */
  readonly expiresAtMs: number | null;
}

export interface JwtFacts {
  readonly issuer: string;
  readonly jwksUri: string;
  /** Signatures that only the provider can make: a shared secret is none (D19). */
  readonly algorithms: readonly string[];
}

/** Authorization code flow with PKCE, state and nonce at one provider (RFC 10017). */
export interface Oidc {
  /** Where to send the browser. Errors: `IDP_UNAVAILABLE`, `IDP_TIMEOUT`. */
  begin(options: BeginOptions): Promise<SignInChecks & { readonly url: string }>;
  /**
   * Redeems the code of a callback.
   * @param query the callback's query; its address is the configured one
   * Errors: `LOGIN_STATE`, `LOGIN_TOKEN`, `LOGIN_ACR`, `LOGIN_DENIED`, `LOGIN_REQUIRED`, `IDP_UNAVAILABLE`, `IDP_TIMEOUT`.
   */
  complete(query: URLSearchParams, checks: SignInChecks): Promise<SignedIn>;
  /**
   * New tokens for a refresh token; `refused` where the provider ended it (`invalid_grant`), or answered for somebody else.
   * `unread` ones where it answered and its keys cannot be read: keep them and come again with them.
   * Errors: `IDP_UNAVAILABLE`, `IDP_TIMEOUT`: the session may go on (D12).
   */
  refresh(tokens: Tokens, subject: Subject): Promise<Tokens | 'refused'>;
  /**
   * A token for another system: by an exchange of the person's token, on their behalf, or for the client itself.
   * @param parameters of the grant, besides what the client says of itself
   * Errors: `SYSTEM_REFUSED`, `STEP_UP`, `IDP_UNAVAILABLE`, `IDP_TIMEOUT`.
   */
  grantFor(grantType: string, parameters: Readonly<Record<string, string>>): Promise<GrantedToken>;
  /** Where to end the session at the provider; undefined where it offers none or cannot be reached (D16). */
  endSessionUrl(idToken: string): Promise<string | undefined>;
  /**
   * Ends a refresh token at the provider.
   * Errors: `IDP_UNAVAILABLE`, `IDP_TIMEOUT`; what the provider refuses is logged and done with.
   */
  revoke(refreshToken: string): Promise<void>;
  /** What tokens of the provider are checked against. Errors: `IDP_UNAVAILABLE`, `IDP_TIMEOUT`. */
  jwtFacts(): Promise<JwtFacts>;
  /** Origins that a form of ours may be led to, as far as known: pages allow them as form targets (E20). */
  formOrigins(): readonly string[];
  /** For readiness: rejects where the provider's discovery document cannot be read now. */
  check(): Promise<void>;
}
