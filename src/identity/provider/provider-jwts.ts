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
  /** Values of the header `typ` that are let pass, in lower case and without `application/`; '' for none at all. */
  readonly types: readonly string[];
  readonly requiredClaims: readonly string[];
  /** Age since `iat`; without it any age up to `exp` will do. */
  readonly maxAgeSeconds?: number;
}

/** Tokens that the provider signed and others send us: logout tokens, access tokens of services. */
export interface ProviderJwts {
  /**
   * The claims where signature, issuer, audience, kind and times are right, or the name of what is not.
   * Errors: `IDP_UNAVAILABLE`, `IDP_TIMEOUT` where the provider's keys cannot be read.
   */
  verify(jwt: string, rules: JwtRules): Promise<VerifiedJwt>;
}

/** `refusal`: the claim that is wrong, or the library's code; never a value of the token. */
export type VerifiedJwt = { readonly claims: JWTPayload } | { readonly refusal: string };

const CLOCK_TOLERANCE_SECONDS = 30;

/** Trouble with reading the keys, which says nothing about the token. */
const KEY_TROUBLES = new Set(['ERR_JOSE_GENERIC', 'ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID']);

export interface ProviderJwtsDeps {
  readonly oidc: Pick<Oidc, 'jwtFacts'>;
  readonly clock: Clock;
  /** How long the keys of before are good while the provider cannot be asked for them. */
  readonly awayMs: number;
}

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
        // Nobody can say whether the provider has that key by now.
        const isUnknownKey = error instanceof errors.JWKSNoMatchingKey && keySet.isOld();
        if (isUnknownKey || KEY_TROUBLES.has(error.code))
          throw new AppError('IDP_UNAVAILABLE', { cause: error });
        const claim = error instanceof errors.JWTClaimValidationFailed ? error.claim : undefined;
        return { refusal: error instanceof errors.JWTExpired ? 'expired' : (claim ?? error.code) };
      }
    },
  };
}
