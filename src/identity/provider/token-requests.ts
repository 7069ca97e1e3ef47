import * as client from 'openid-client';
import { retry } from '../../base/retry.ts';
import { idpFetch } from './idp-fetch.ts';
import { isCutConnection, toLoginError } from './oidc-errors.ts';
import type { SignInChecks } from './oidc-port.ts';
import type { TokenAnswer } from './token-answer.ts';

export type Granted = Awaited<ReturnType<typeof client.authorizationCodeGrant>>;

/** Redeems the code of a callback at the provider. Errors: those of `toLoginError`. */
export async function redeem(
  configuration: client.Configuration,
  callbackUrl: URL,
  { checks, answer }: { readonly checks: SignInChecks; readonly answer: TokenAnswer },
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
    throw toLoginError(error, stage, answer.text);
  }
}

/**
 * Retries once after a cut connection: the provider may have answered, and many accept the old token for a while
 * (D11). Once an answer has arrived it is not requested again, whatever fails after it.
 */
export const renew = (
  configuration: client.Configuration,
  refreshToken: string,
): Promise<client.TokenEndpointResponse & client.TokenEndpointResponseHelpers> =>
  retry(
    { isRepeatable: true, run: () => client.refreshTokenGrant(configuration, refreshToken) },
    { waitsMs: [0], isPassing: isCutConnection },
  );
