import {
  createRemoteJWKSet,
  customFetch,
  errors,
  type JWTPayload,
  jwtVerify,
  type JWTVerifyGetKey,
} from 'jose';
import type { Clock } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import { createLastingKeySet } from './key-set.ts';
import type { Oidc } from './oidc-port.ts';

export interface JwtRules {
  readonly audience: string | readonly string[];
  /** Accepted values of the header `typ`, in lower case and without `application/`; '' accepts a missing one. */
  readonly types: readonly string[];
  readonly requiredClaims: readonly string[];
  /** Maximum age since `iat`; without it any age up to `exp` is accepted. */
  readonly maxAgeSeconds?: number;
}

/** Tokens that the provider signed and third parties send: logout tokens, access tokens of services. */
export interface ProviderJwts {
  /**
   * The claims where signature, issuer, audience, kind and times are right; else the name of the check that fails.
   * Errors: `IDP_UNAVAILABLE`, `IDP_TIMEOUT` where the provider's keys cannot be read.
   */
  verify(jwt: string, rules: JwtRules): Promise<VerifiedJwt>;
}

/** `refusal`: the name of the wrong claim, or the library's code; never a value of the token. */
export type VerifiedJwt = { readonly claims: JWTPayload } | { readonly refusal: string };

const CLOCK_TOLERANCE_SECONDS = 30;

/** Errors of reading the keys: they do not make the token invalid. */
const KEY_TROUBLES = new Set(['ERR_JOSE_GENERIC', 'ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID']);

export interface ProviderJwtsDeps {
  readonly oidc: Pick<Oidc, 'jwtFacts'>;
  readonly clock: Clock;
  /** How long the earlier keys are valid while the provider is unavailable. */
  readonly awayMs: number;
}

/** Checks tokens against the provider's current keys, which are cached. */
export function createProviderJwts({ oidc, clock, awayMs }: ProviderJwtsDeps): ProviderJwts {
  let kept: { readonly uri: string; readonly keys: JWTVerifyGetKey } | undefined;
  const keySet = createLastingKeySet(clock, awayMs);
  // Looks for an unknown key at most every 30 seconds, which is the library's own default (C9).
  const keysAt = (uri: string): JWTVerifyGetKey => {
    if (kept?.uri !== uri) {
      kept = { uri, keys: createRemoteJWKSet(new URL(uri), { [customFetch]: keySet.fetch as typeof fetch }) };
    }
    return kept.keys;
  };
  return {
    async verify(jwt, { audience, types, requiredClaims, maxAgeSeconds }) {
      const { issuer, jwksUri, algorithms } = await oidc.jwtFacts();
      try {
        const { payload, protectedHeader } = await jwtVerify(jwt, keysAt(jwksUri), {
          issuer,
          audience: typeof audience === 'string' ? audience : [...audience],
          algorithms: [...algorithms],
          requiredClaims: [...requiredClaims],
          clockTolerance: CLOCK_TOLERANCE_SECONDS,
          currentDate: new Date(clock.now()),
          ...(maxAgeSeconds === undefined ? {} : { maxTokenAge: maxAgeSeconds }),
        });
        const type = (protectedHeader.typ ?? '').toLowerCase().replace(/^application\//u, '');
        return types.includes(type) ? { claims: payload } : { refusal: 'typ' };
      } catch (error) {
        if (error instanceof AppError) throw error;
        if (!(error instanceof errors.JOSEError)) return { refusal: 'unreadable' };
        // With outdated keys it is unknown whether the provider has that key by now.
        const isUnknownKey = error instanceof errors.JWKSNoMatchingKey && keySet.isOld();
        if (isUnknownKey || KEY_TROUBLES.has(error.code))
          throw new AppError('IDP_UNAVAILABLE', { cause: error });
        const claim = error instanceof errors.JWTClaimValidationFailed ? error.claim : undefined;
        return { refusal: error instanceof errors.JWTExpired ? 'expired' : (claim ?? error.code) };
      }
    },
  };
}
