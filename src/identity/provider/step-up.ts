import type { ResponseBodyError } from 'openid-client';
import { z } from 'zod';
import { AppError } from '../../base/errors.ts';

/** `error` of a token answer that only the person can resolve (RFC 9470, Microsoft's on-behalf-of). */
const STEP_UP_ERRORS = new Set(['interaction_required', 'insufficient_user_authentication']);
const MAX_LENGTH = 4000;

const CLAIMS_REQUEST = z.strictObject({
  id_token: z.record(z.string(), z.unknown()).optional(),
  access_token: z.record(z.string(), z.unknown()).optional(),
  userinfo: z.record(z.string(), z.unknown()).optional(),
});

/**
 * A request for claims (OpenID Connect Core 5.5), which a provider returns for use in the next sign-in. Undefined
 * where the text is not one.
 */
export function parseClaimsRequest(text: unknown): string | undefined {
  if (typeof text !== 'string' || text.length > MAX_LENGTH) return undefined;
  try {
    const parsed = CLAIMS_REQUEST.safeParse(JSON.parse(text));
    return parsed.success ? JSON.stringify(parsed.data) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * `STEP_UP` where the person's token has expired: single sign-on gives a new one, often without a page.
 * @param loginUrl where a person signs in here
 */
export const signInAgain = (loginUrl: string): AppError =>
  new AppError('STEP_UP', {
    message:
      'Other systems of the studio take your sign-in no more: it is too long ago. Open the loginUrl of the details, then try again.',
    details: { loginUrl },
  });

/**
 * Where a person signs in here. Absolute: a front end at another origin would resolve a path against its own host.
 *
 * @param publicUrl of this server
 */
export const loginUrlAt = (publicUrl: string): string => new URL('/auth/login', publicUrl).href;

/** The address of a sign-in that asks the provider for more. */
export function stepUpUrl(loginUrl: string, parameters: Readonly<Record<string, string>>): string {
  const url = new URL(loginUrl);
  url.search = new URLSearchParams(parameters).toString();
  return url.href;
}

/** `STEP_UP` with the sign-in that the provider requires; undefined where it requires none (G14). */
export function stepUpError(error: ResponseBodyError, loginUrl: string): AppError | undefined {
  const claims = parseClaimsRequest(error.cause['claims']);
  if (!STEP_UP_ERRORS.has(error.error) && claims === undefined) return undefined;
  const stepUp = stepUpUrl(loginUrl, claims === undefined ? { prompt: 'login' } : { claims });
  return new AppError('STEP_UP', { cause: error, details: { loginUrl: stepUp } });
}
