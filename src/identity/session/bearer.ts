import { LRUCache } from 'lru-cache';
import { sha256 } from '../../base/digest.ts';
import type { Clock } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import { parseSubject } from '../../base/ids.ts';
import type { Config } from '../../config/config.ts';
import type { Account, Mapping } from '../person/mapping.ts';
import type { Principal } from '../person/principal.ts';
import type { ProviderJwts } from '../provider/provider-jwts.ts';
import { assertStrength, type SignInStrength } from '../provider/sign-in-strength.ts';

/** Access tokens that services send: JWTs of the same provider, for a person with a ShotGrid account (RFC 9068). */
export interface Bearer {
  /**
   * The account at the provider that a token was issued for.
   * Errors: `UNAUTHENTICATED`, `FORBIDDEN` where a scope is missing, `IDP_UNAVAILABLE`.
   */
  accountOf(token: string): Promise<Account>;
  /**
   * The person, by the same mapping and with the same refusals as at sign-in. Errors: `LOGIN_ACR`, those of the
   * mapping.
   */
  personOf(token: string, account: Account): Promise<Principal>;
  /** Look the person up again at the token's next use. */
  forget(token: string): void;
}

export interface BearerDeps {
  readonly jwts: ProviderJwts;
  readonly clock: Clock;
  readonly mapping: Mapping;
  readonly settings: Config['bearer'];
  /**
   * The sign-in behind a token must meet the same requirements as a sign-in here: otherwise tokens would bypass
   * them.
   */
  readonly strength: SignInStrength;
}

/** The mapping calls ShotGrid; a service that works through a list must not cause a call for each request. */
const KNOWN_MS = 60_000;
const MAX_KNOWN = 1000;
const NONE_TAKEN =
  'This server takes no bearer tokens, whatever they are. An administrator can set SHOTGRAPH_BEARER_AUDIENCE.';
const TOO_WEAK =
  'The bearer token does not show a sign-in as secure, or as recent, as is asked for here. Get one after such a sign-in, with acr and auth_time in it.';
/** Some providers give access tokens the plain type, or none. A logout token has another type. */
const TYPES = ['at+jwt', 'jwt', ''];

/** Bearer tokens of the provider; each person is cached for a minute. */
export function createBearer({ jwts, clock, mapping, settings, strength }: BearerDeps): Bearer {
  const known = new LRUCache<string, Promise<Principal>>({
    max: MAX_KNOWN,
    ttl: KNOWN_MS,
    ttlResolution: 0,
    perf: clock,
  });

  const personOfAccount = (token: string, account: Account): Promise<Principal> => {
    const key = sha256(token);
    const found = known.get(key);
    if (found !== undefined) return found;
    const principal = mapping(account).then(assertSudo);
    // Do not cache a refusal: an administrator may just be lifting it.
    principal.catch(() => known.delete(key));
    known.set(key, principal);
    return principal;
  };

  return {
    forget: (token) => void known.delete(sha256(token)),
    async personOf(token, account) {
      assertTokenStrength(account.claims, strength, clock.now());
      return personOfAccount(token, account);
    },
    async accountOf(token) {
      if (settings === null) throw new AppError('UNAUTHENTICATED', { message: NONE_TAKEN });
      const verified = await jwts.verify(token, {
        audience: settings.audience,
        types: TYPES,
        requiredClaims: ['exp', 'sub'],
      });
      const claims = 'claims' in verified ? verified.claims : undefined;
      const subject = parseSubject(claims?.sub);
      // Only ID tokens have a nonce. They are for the client that requested them, not for an API.
      if (claims?.iss === undefined || subject === undefined || 'nonce' in claims) {
        throw notTaken('The bearer token is over, or was made by another provider or for another audience.');
      }
      const missing = settings.scopes.filter((scope) => !scopesOf(claims).has(scope));
      if (missing.length > 0) {
        throw new AppError('FORBIDDEN', {
          message: `The bearer token lacks a scope: ${missing.join(' ')}.`,
          details: { missingScopes: missing },
        });
      }
      return { issuer: claims.iss, subject, claims };
    },
  };
}

/**
 * Providers put `acr` and `auth_time` of the sign-in into access tokens (RFC 9068 2.2.1). A token without them
 * proves nothing.
 */
function assertTokenStrength(claims: Account['claims'], strength: SignInStrength, nowMs: number): void {
  try {
    assertStrength(claims, strength, nowMs);
  } catch (cause) {
    throw new AppError('LOGIN_ACR', { message: TOO_WEAK, cause });
  }
}

/** A service has no page on which a person could link their own account. */
function assertSudo(principal: Principal): Principal {
  if (principal.acting.way === 'sudo') return principal;
  throw new AppError('IMPERSONATION_REFUSED');
}

const notTaken = (message: string): AppError =>
  new AppError('UNAUTHENTICATED', { message: `${message} Get a new one and repeat the request.` });

/** One text (`scope`, RFC 9068), or the form of Microsoft and others (`scp`: text or list). */
function scopesOf(claims: Readonly<Record<string, unknown>>): ReadonlySet<unknown> {
  const value = claims['scope'] ?? claims['scp'];
  return new Set<unknown>(typeof value === 'string' ? value.split(' ') : Array.isArray(value) ? value : []);
}
