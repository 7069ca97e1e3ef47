import { AppError } from '../../base/errors.ts';
import { MS_PER_SECOND } from '../../base/units.ts';

/** Adds the name of the signed-in account to the refusal, where the provider sends one. */
export function withAccount(error: AppError, claims: Readonly<Record<string, unknown>>): AppError {
  const { code, message, details } = error;
  const name = accountName(claims);
  if (name === undefined) return error;
  return new AppError(code, {
    message: `${message} You signed in as ${name}.`,
    details: { ...details, signedInAs: name },
    cause: error,
  });
}

/** `Ada Brandt (ada@lantern.example)`, from the claims that are there. */
function accountName(claims: Readonly<Record<string, unknown>>): string | undefined {
  const [name, ...accounts] = ['name', 'email', 'preferred_username', 'sub'].map((claim) => {
    const value = claims[claim];
    return typeof value === 'string' && value.trim() !== '' ? value : undefined;
  });
  const account = accounts.find((value) => value !== undefined);
  if (name === undefined || account === undefined || name === account) return name ?? account;
  return `${name} (${account})`;
}

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
  const { acr } = claims;
  const refusal = (): AppError => withAccount(new AppError('LOGIN_ACR'), claims);
  if (acrValues.length > 0 && !(typeof acr === 'string' && acrValues.includes(acr))) {
    throw refusal();
  }
  if (maxAgeMs === null) return;
  if (!isFreshSignIn(authTimeOf(claims), { maxAgeMs, nowMs })) throw refusal();
}

/** When the person behind these claims was last asked to sign in; null where they do not say. */
export const authTimeOf = ({ auth_time: seconds }: Readonly<Record<string, unknown>>): number | null =>
  typeof seconds === 'number' ? seconds * MS_PER_SECOND : null;

/** Whether a sign-in is no older than that. One of an unknown time is not, nor one that is still to come. */
export function isFreshSignIn(
  authTimeMs: number | null,
  { maxAgeMs, nowMs }: { readonly maxAgeMs: number; readonly nowMs: number },
): boolean {
  if (authTimeMs === null) return false;
  const ageMs = nowMs - authTimeMs;
  return ageMs <= maxAgeMs + CLOCK_TOLERANCE_MS && ageMs >= -CLOCK_TOLERANCE_MS;
}
