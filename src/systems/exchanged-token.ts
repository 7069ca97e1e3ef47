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
  const audiences = [claims.aud ?? []].flat();
  if (way.audience !== '' && !audiences.includes(way.audience)) throw refusal('aud');
  if (!way.pairwiseSubject && claims.sub !== subject) throw refusal('sub');
  const actor = claims['act'];
  if (way.actor !== '' && !(isRecord(actor) && actor['sub'] === way.actor)) throw refusal('act');
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
    cause: new Error(`The exchanged token's "${claim}" is not what was asked for.`),
  });
