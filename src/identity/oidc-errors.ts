import { AuthorizationResponseError, ResponseBodyError, WWWAuthenticateChallengeError } from 'openid-client';
import { AppError, type ErrorCode } from '../base/errors.ts';

const MAX_CAUSES = 5;

/** `error` of an authorization response (RFC 6749 4.1.2.1, OpenID Connect Core 3.1.2.6); any other is a refusal. */
const RESPONSE_ERRORS: Readonly<Record<string, ErrorCode>> = {
  login_required: 'LOGIN_REQUIRED',
  interaction_required: 'LOGIN_REQUIRED',
  consent_required: 'LOGIN_REQUIRED',
  account_selection_required: 'LOGIN_REQUIRED',
  temporarily_unavailable: 'IDP_UNAVAILABLE',
  server_error: 'IDP_UNAVAILABLE',
};

/** What the provider answered is not OAuth at all: an outage page, a proxy, a wrong address. */
const NONSENSE = new Set([
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
  'OAUTH_RESPONSE_IS_NOT_JSON',
  'OAUTH_PARSE_ERROR',
]);

/**
 * The one funnel from errors of openid-client to ours. The description that a provider or an attacker put
 * into the answer stays in the cause: it is never shown (C10).
 * @param stage `response` while the address of the callback is read, `token` once the code was sent
 */
export function toLoginError(error: unknown, stage: 'discovery' | 'response' | 'token'): AppError {
  const ours = firstAppError(error);
  if (ours !== undefined) return ours;
  if (error instanceof AuthorizationResponseError) {
    return new AppError(RESPONSE_ERRORS[error.error] ?? 'LOGIN_DENIED', { cause: error });
  }
  if (error instanceof ResponseBodyError) return tokenRefusal(error);
  // A 401 with a challenge, which is how a provider refuses the client itself (RFC 6749 5.2).
  if (error instanceof WWWAuthenticateChallengeError) return clientRefusal(error);
  const code = codeOf(error);
  if (code === 'OAUTH_TIMEOUT') return new AppError('IDP_TIMEOUT', { cause: error });
  if (stage === 'discovery' || NONSENSE.has(code)) return new AppError('IDP_UNAVAILABLE', { cause: error });
  return new AppError(stage === 'response' ? 'LOGIN_STATE' : 'LOGIN_TOKEN', { cause: error });
}

/** True where the provider says that a refresh token is over: the only no there is (D12). */
export function isInvalidGrant(error: unknown): boolean {
  return error instanceof ResponseBodyError && error.error === 'invalid_grant';
}

/** Whatever else kept a refresh from being made is an outage, or a misconfiguration: it says nothing of the person. */
export function toRefreshError(error: unknown): AppError {
  const ours = toLoginError(error, 'token');
  const isOutage = ours.code === 'IDP_UNAVAILABLE' || ours.code === 'IDP_TIMEOUT';
  return isOutage ? ours : new AppError('IDP_UNAVAILABLE', { cause: error });
}

/** True where the provider may have answered, but the answer did not arrive. */
export function isCutConnection(error: unknown): boolean {
  const ours = firstAppError(error);
  return ours?.code === 'IDP_UNAVAILABLE' && ours.cause !== undefined;
}

/** Name of the claim that was not as it should be, for the log: the value stays out of it. */
export function claimOf(error: unknown): string | undefined {
  let current = error;
  for (let depth = 0; depth < MAX_CAUSES && typeof current === 'object' && current !== null; depth += 1) {
    const { claim, cause } = current as { readonly claim?: unknown; readonly cause?: unknown };
    if (typeof claim === 'string' && /^[a-z_]{2,20}$/u.test(claim)) return claim;
    current = cause;
  }
  return undefined;
}

function tokenRefusal(error: ResponseBodyError): AppError {
  if (error.error === 'invalid_grant') return new AppError('LOGIN_STATE', { cause: error });
  return clientRefusal(error);
}

const clientRefusal = (cause: Error): AppError =>
  new AppError('IDP_UNAVAILABLE', {
    message:
      'The sign-in service does not accept this server. An administrator has to check the client id and secret.',
    cause,
  });

function firstAppError(error: unknown): AppError | undefined {
  let current = error;
  for (let depth = 0; depth < MAX_CAUSES && current instanceof Error; depth += 1) {
    if (current instanceof AppError) return current;
    current = current.cause;
  }
  return undefined;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
