import { decodeJwt, type JWTPayload } from 'jose';
import { AppError } from '../base/errors.ts';
import type { TokenExchangeWay } from '../config/config.ts';

/**
 * Checks an exchanged token against the request: a misconfigured provider may issue a token of another person, for
 * another system, or one that hides the actor (G15). It came from the provider itself over TLS, so the system
 * verifies its signature. An opaque token cannot be checked and is accepted.
 *
 * @throws AppError SYSTEM_TOKEN
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
 * Allows the person's own token to be forwarded only if its audience fits: any other system could use it to
 * impersonate the person at the systems that it is for.
 *
 * @param audience empty in development alone, where any token is sent
 * @throws AppError SYSTEM_TOKEN
 */
export function assertForwardable(accessToken: string, audience: string): void {
  if (audience === '') return;
  const claims = claimsOf(accessToken);
  // The audience of an opaque token is unknown.
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
  new AppError('SYSTEM_TOKEN', {
    details: { reason: claim },
    cause: new Error(`The token's "${claim}" is not what the system needs.`),
  });
