import * as client from 'openid-client';
import { retry } from '../../base/retry.ts';
import { idpFetch } from './idp-fetch.ts';
import { isCutConnection, toLoginError } from './oidc-errors.ts';
import type { SignInChecks } from './oidc-port.ts';
import type { TokenAnswer } from './token-answer.ts';

export type Granted = Awaited<ReturnType<typeof client.authorizationCodeGrant>>;

/** Takes the code of a callback to the provider. Errors: those of `toLoginError`. */
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
 * Once more where the connection was cut: the provider may have answered, and many take the old token for a while (D11).
 * What has arrived is not asked for again, whatever fails after it.
 */
export const renew = (
  configuration: client.Configuration,
  refreshToken: string,
): Promise<client.TokenEndpointResponse & client.TokenEndpointResponseHelpers> =>
  retry(
    { isRepeatable: true, run: () => client.refreshTokenGrant(configuration, refreshToken) },
    { waitsMs: [0], isPassing: isCutConnection },
  );
