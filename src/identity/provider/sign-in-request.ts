import * as client from 'openid-client';
import type { BeginOptions, OidcSettings, Prompt, SignInChecks } from './oidc-port.ts';
import { strengthParameters } from './sign-in-strength.ts';

interface SignInRequest extends BeginOptions, SignInChecks {
  readonly metadata: client.ServerMetadata;
}

/**
 * Parameters of an authorization request. Ours come last: no setting can replace a parameter that the answer is
 * checked against.
 */
export async function requestOf(
  { parameters, redirectUri, scope, strength }: OidcSettings,
  { state, nonce, codeVerifier, claims, loginHint, prompt, metadata }: SignInRequest,
): Promise<Record<string, string>> {
  return {
    ...parameters,
    redirect_uri: redirectUri,
    scope,
    state,
    nonce,
    code_challenge: await client.calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: 'S256',
    ...strengthParameters(strength),
    ...(claims === undefined ? {} : { claims }),
    // Providers that know no requests for claims give auth_time with a max_age alone (OpenID Connect Core 2).
    ...(claims?.includes('"auth_time"') === true ? { max_age: '0' } : {}),
    ...(loginHint === undefined ? {} : { login_hint: loginHint }),
    ...(prompt === undefined ? {} : { prompt: supportedPrompt(prompt, metadata) }),
  };
}

/** Not every provider offers `select_account`; `login` also lets another person sign in. */
function supportedPrompt(prompt: Prompt, metadata: client.ServerMetadata): string {
  const supported: unknown = metadata['prompt_values_supported'];
  return prompt === 'select_account' && Array.isArray(supported) && !supported.includes(prompt)
    ? 'login'
    : prompt;
}

/** The origins of the provider's pages, from its discovery document. */
export function originsOf(metadata: client.ServerMetadata): readonly string[] {
  const addresses = [metadata.issuer, metadata.authorization_endpoint, metadata.end_session_endpoint];
  return [...new Set(addresses.flatMap((url) => (url === undefined ? [] : new URL(url).origin)))];
}
