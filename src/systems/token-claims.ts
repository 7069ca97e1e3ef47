import { decodeJwt, type JWTPayload } from 'jose';
import { AppError } from '../base/errors.ts';
import type { TokenExchangeWay } from '../config/config.ts';

/**
 * Holds a token that was exchanged against what was asked for: a provider that is set up wrongly may give one of
 * another person, for another system, or one that hides who acts (G15). It came from the provider itself over TLS, so its
 * signature is the system's to check. A token that is no JWT tells nothing, and is taken.
 *
 * @throws AppError SYSTEM_REFUSED
 */
export function assertExchanged(accessToken: string, way: TokenExchangeWay, subject: string): void {
  const claims = claimsOf(accessToken);
  if (claims === undefined) return;
  assertAudience(claims, way.audience);
  if (!way.pairwiseSubject && claims.sub !== subject) throw refusal('sub');
  const actor = claims['act'];
  if (way.actor !== '' && !(isRecord(actor) && actor['sub'] === way.actor)) throw refusal('act');
}

/**
 * A token of the person may be forwarded where its audience allows: any other system could use it in their name at the
 * systems that it is for.
 *
 * @param audience empty in development alone, where any token is sent
 * @throws AppError SYSTEM_REFUSED
 */
export function assertForwardable(accessToken: string, audience: string): void {
  if (audience === '') return;
  const claims = claimsOf(accessToken);
  // Whom an opaque token is for cannot be seen.
  if (claims === undefined) throw refusal('aud');
  assertAudience(claims, audience);
}

function assertAudience({ aud }: JWTPayload, audience: string): void {
  if (audience !== '' && ![aud ?? []].flat().includes(audience)) throw refusal('aud');
}

function claimsOf(accessToken: string): JWTPayload | undefined {
  try {
    return decodeJwt(accessToken);
  } catch {
    return undefined;
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const refusal = (claim: string): AppError =>
  new AppError('SYSTEM_REFUSED', {
    cause: new Error(`The token's "${claim}" is not what the system needs.`),
  });
