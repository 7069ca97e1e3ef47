import { AppError } from '../../base/errors.ts';
import { MS_PER_SECOND } from '../../base/units.ts';
import { withAccount } from './account-name.ts';

/** The requirements for a sign-in at the provider (OpenID Connect Core 3.1.2.1). */
export interface SignInStrength {
  /** Accepted authentication contexts, such as "phishing resistant"; empty accepts any. */
  readonly acrValues: readonly string[];
  /** Maximum age of a sign-in at the provider; null accepts any. */
  readonly maxAgeMs: number | null;
}

/** Equal to the library's tolerance for other times of a token. */
const CLOCK_TOLERANCE_MS = 30_000;

/** Parameters of an authorization request for these requirements. */
export function strengthParameters({ acrValues, maxAgeMs }: SignInStrength): Record<string, string> {
  return {
    ...(acrValues.length > 0 && { acr_values: acrValues.join(' ') }),
    ...(maxAgeMs !== null && { max_age: String(maxAgeMs / MS_PER_SECOND) }),
  };
}

/**
 * Providers may answer with less than was requested: `acr_values` is voluntary in the standard, and some ignore
 * `max_age` (C24).
 *
 * @throws AppError LOGIN_ACR
 */
export function assertStrength(
  claims: Readonly<Record<string, unknown>>,
  { acrValues, maxAgeMs }: SignInStrength,
  nowMs: number,
): void {
  const { acr, auth_time: authTime } = claims;
  const refusal = (): AppError => withAccount(new AppError('LOGIN_ACR'), claims);
  if (acrValues.length > 0 && !(typeof acr === 'string' && acrValues.includes(acr))) {
    throw refusal();
  }
  if (maxAgeMs === null) return;
  const ageMs = typeof authTime === 'number' ? nowMs - authTime * MS_PER_SECOND : Number.POSITIVE_INFINITY;
  if (ageMs > maxAgeMs + CLOCK_TOLERANCE_MS) throw refusal();
}
