import type { Subject } from '../base/ids.ts';

export interface OidcSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scope: string;
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
}

/** What must be remembered between leaving for the provider and coming back. */
export interface SignInChecks {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

export interface Tokens {
  readonly idToken: string;
  readonly refreshToken: string | null;
}

export interface SignedIn {
  readonly issuer: string;
  readonly subject: Subject;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly tokens: Tokens;
}

/** Authorization code flow with PKCE, state and nonce at one provider (RFC 10017). */
export interface Oidc {
  /** Where to send the browser. Errors: `IDP_UNAVAILABLE`, `IDP_TIMEOUT`. */
  begin(options: BeginOptions): Promise<SignInChecks & { readonly url: string }>;
  /**
   * Redeems the code of a callback.
   * @param query the callback's query; its address is the configured one
   * Errors: `LOGIN_STATE`, `LOGIN_TOKEN`, `LOGIN_DENIED`, `LOGIN_REQUIRED`, `IDP_UNAVAILABLE`, `IDP_TIMEOUT`.
   */
  complete(query: URLSearchParams, checks: SignInChecks): Promise<SignedIn>;
  /** Where to end the session at the provider; undefined where it offers none or cannot be reached (D16). */
  endSessionUrl(idToken: string): Promise<string | undefined>;
  /** Ends a refresh token at the provider, as well as can be: a failure is logged and nothing else. */
  revoke(refreshToken: string): Promise<void>;
  /** Origins that a form of ours may be led to, as far as known: pages allow them as form targets (E20). */
  formOrigins(): readonly string[];
  /** For readiness: rejects where the provider's discovery document cannot be read. */
  check(): Promise<void>;
}
