import { decodeProtectedHeader } from 'jose';
import { AuthorizationResponseError, ResponseBodyError, WWWAuthenticateChallengeError } from 'openid-client';
import { AppError, type ErrorCode } from '../../base/errors.ts';
import { stepUpError } from './step-up.ts';

const MAX_CAUSES = 5;

/** `error` of an authorization response (RFC 6749 4.1.2.1, OpenID Connect Core 3.1.2.6); any other is a refusal. */
const RESPONSE_ERRORS: Readonly<Record<string, ErrorCode>> = {
  login_required: 'LOGIN_REQUIRED',
  interaction_required: 'LOGIN_REQUIRED',
  consent_required: 'LOGIN_REQUIRED',
  account_selection_required: 'LOGIN_REQUIRED',
  authentication_expired: 'LOGIN_EXPIRED',
};

/** Errors by which the provider reports a temporary outage. */
const AWAY = new Set(['temporarily_unavailable', 'server_error', 'slow_down']);

/** Mistakes of this server's settings or of its client at the provider (RFC 6749 4.1.2.1, Core 3.1.2.6, RFC 8707). */
const OUR_MISTAKES = new Set([
  'invalid_client',
  'invalid_request',
  'invalid_request_object',
  'invalid_request_uri',
  'invalid_scope',
  'invalid_target',
  'registration_not_supported',
  'request_not_supported',
  'request_uri_not_supported',
  'unauthorized_client',
  'unsupported_grant_type',
  'unsupported_response_mode',
  'unsupported_response_type',
]);

/** The provider's answer is not OAuth at all: an outage page, a proxy, a wrong URL. */
const NONSENSE = new Set([
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
  'OAUTH_RESPONSE_IS_NOT_JSON',
  'OAUTH_PARSE_ERROR',
]);

/**
 * Converts every error of openid-client to ours. The description that a provider or an attacker put into the
 * answer stays in the cause: it is never shown (C10).
 * @param stage `response` while the callback's URL is read, `token` once the code was sent
 * @param answer of the token endpoint, where there was one
 */
export function toLoginError(
  error: unknown,
  stage: 'discovery' | 'response' | 'token',
  answer = '',
): AppError {
  const ours = firstAppError(error);
  if (ours !== undefined) return ours;
  if (error instanceof AuthorizationResponseError) return responseRefusal(error);
  if (error instanceof ResponseBodyError) return tokenRefusal(error);
  // By a 401 with a challenge the provider refuses the client itself (RFC 6749 5.2).
  if (error instanceof WWWAuthenticateChallengeError) return clientRefusal(error, 'invalid_client');
  const code = codeOf(error);
  if (code === 'OAUTH_TIMEOUT') return new AppError('IDP_TIMEOUT', { cause: error });
  if (stage === 'discovery' || NONSENSE.has(code)) return new AppError('IDP_UNAVAILABLE', { cause: error });
  if (stage === 'response') return new AppError('LOGIN_STATE', { cause: error });
  return unreadableIdToken(answer, error) ?? new AppError('LOGIN_TOKEN', { cause: error });
}

/** The OAuth error by which the provider reports a mistake of this server; undefined for other errors. */
export function providerErrorOf(error: AppError): string | undefined {
  const said = error.details?.['providerError'];
  return typeof said === 'string' ? said : undefined;
}

/** True where the provider reports that a refresh token is over: the only answer that counts as a refusal (D12). */
export function isInvalidGrant(error: unknown): boolean {
  return error instanceof ResponseBodyError && error.error === 'invalid_grant';
}

/**
 * True where the provider will never revoke such a token, or no longer has it (RFC 7009 2.2.1). Other failures are
 * retried.
 */
export function isTokenRefused(error: unknown): boolean {
  return (
    isInvalidGrant(error) || (error instanceof ResponseBodyError && error.error === 'unsupported_token_type')
  );
}

/**
 * Converts a failed token request for another system.
 * @param loginUrl where a person signs in here
 */
export function toGrantError(error: unknown, loginUrl: string): AppError {
  const ours = toLoginError(error, 'token');
  if (ours.code === 'IDP_TIMEOUT') return ours;
  if (error instanceof ResponseBodyError) {
    // An outage, or a refusal of this server itself, must not tell the person that they lack access.
    if (error.error === 'invalid_client' || AWAY.has(error.error)) return ours;
    return stepUpError(error, loginUrl) ?? tokenNotGiven(error);
  }
  return ours.code === 'LOGIN_TOKEN' ? new AppError('IDP_UNAVAILABLE', { cause: error }) : ours;
}

/** Errors of a token request for a system (RFC 6749 5.2, RFC 8693 2.2.2, RFC 8707 2). */
const GRANT_ERRORS = new Set([
  ...['invalid_grant', 'invalid_request', 'invalid_scope', 'invalid_target'],
  ...['unauthorized_client', 'unsupported_grant_type', 'access_denied'],
]);

/** The provider refuses the token to this server, or to this person: the system itself was not asked. */
function tokenNotGiven(error: ResponseBodyError): AppError {
  const providerError = GRANT_ERRORS.has(error.error) ? error.error : 'other';
  return new AppError('SYSTEM_TOKEN', { details: { providerError }, cause: error });
}

/** Any other failed refresh is an outage or a misconfiguration: it does not concern the person. */
export function toRefreshError(error: unknown): AppError {
  return isOutage(error) ? toLoginError(error, 'token') : new AppError('IDP_UNAVAILABLE', { cause: error });
}

/** True where the provider or its keys were unavailable: that does not make the tokens invalid. */
export function isOutage(error: unknown): boolean {
  const { code } = toLoginError(error, 'token');
  return code === 'IDP_UNAVAILABLE' || code === 'IDP_TIMEOUT';
}

/** True where the provider may have answered, but the answer did not arrive. */
export function isCutConnection(error: unknown): boolean {
  const ours = firstAppError(error);
  return ours?.code === 'IDP_UNAVAILABLE' && ours.cause !== undefined;
}

/** The reason of a refusal, for the log: a name of ours, or that of the unusable claim. Never a value. */
export function reasonOf(error: unknown): string | undefined {
  const details = error instanceof AppError ? error.details : undefined;
  const named = [details?.['reason'], details?.['providerError'], details?.['claim']];
  return named.find((name): name is string => typeof name === 'string') ?? claimOf(error);
}

function claimOf(error: unknown): string | undefined {
  let current = error;
  for (let depth = 0; depth < MAX_CAUSES && typeof current === 'object' && current !== null; depth += 1) {
    const { claim, cause } = current as { readonly claim?: unknown; readonly cause?: unknown };
    if (typeof claim === 'string' && /^[a-z_]{2,20}$/u.test(claim)) return claim;
    current = cause;
  }
  return undefined;
}

function responseRefusal(error: AuthorizationResponseError): AppError {
  // Keycloak's form of it.
  const isExpired = error.error_description === 'authentication_expired' && AWAY.has(error.error);
  if (isExpired) return new AppError('LOGIN_EXPIRED', { cause: error });
  if (AWAY.has(error.error)) return awayFor(error);
  if (OUR_MISTAKES.has(error.error)) return requestRefusal(error, error.error);
  return new AppError(RESPONSE_ERRORS[error.error] ?? 'LOGIN_DENIED', { cause: error });
}

function tokenRefusal(error: ResponseBodyError): AppError {
  if (error.error === 'invalid_grant') return new AppError('LOGIN_STATE', { cause: error });
  if (AWAY.has(error.error)) return awayFor(error);
  const providerError = OUR_MISTAKES.has(error.error) ? error.error : 'other';
  return providerError === 'invalid_client'
    ? clientRefusal(error, providerError)
    : requestRefusal(error, providerError);
}

const awayFor = (cause: Error): AppError =>
  new AppError('IDP_UNAVAILABLE', {
    message:
      'The sign-in service says that it is out of order for the moment. Wait a little, then try again.',
    cause,
  });

const clientRefusal = (cause: Error, providerError: string): AppError =>
  new AppError('IDP_UNAVAILABLE', {
    message:
      'The sign-in service does not accept this server. An administrator has to check the client id and secret.',
    details: { providerError },
    cause,
  });

const requestRefusal = (cause: Error, providerError: string): AppError =>
  new AppError('IDP_UNAVAILABLE', {
    message: `The sign-in service refuses what this server asks it for (${providerError}). An administrator has to correct the settings here or the client there; "shotgraph doctor" says more.`,
    details: { providerError },
    cause,
  });

const COMPACT_JWE_PARTS = 5;

/** For an ID token that no setting of this server can read: the person can do nothing about it. */
function unreadableIdToken(answer: string, cause: unknown): AppError | undefined {
  const refusal = (reason: string, sentence: string): AppError =>
    new AppError('LOGIN_TOKEN', { message: sentence, details: { reason }, cause });
  try {
    const { id_token: idToken } = JSON.parse(answer) as { id_token?: unknown };
    if (typeof idToken !== 'string') return undefined;
    if (idToken.split('.').length === COMPACT_JWE_PARTS) {
      return refusal(
        'id_token_encrypted',
        'The sign-in service encrypts its ID tokens, which this server does not read. An administrator has to turn that off for this client.',
      );
    }
    const { alg } = decodeProtectedHeader(idToken);
    if (typeof alg !== 'string' || !/^HS\d{3}$/u.test(alg)) return undefined;
    return refusal(
      'id_token_hs',
      'The sign-in service signs its ID tokens with a shared secret (HS256), which this server does not take. An administrator has to choose RS256 or ES256 for this client.',
    );
  } catch {
    return undefined;
  }
}

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
