import { SignJWT } from 'jose';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../base/clock.ts';
import { MS_PER_SECOND } from '../base/units.ts';
import type { SystemConfig } from '../config/config.ts';
import { assertExchanged, assertForwardable } from './token-claims.ts';
import type { SystemCredentials } from './system-client.ts';

/** A token that the identity provider issued for a system. */
export interface SystemToken {
  readonly accessToken: string;
  /** Milliseconds since 1970; null if the provider does not state it. */
  readonly expiresAtMs: number | null;
}

/**
 * The identity provider's grants for systems. Errors: `SYSTEM_TOKEN`, `STEP_UP`, `IDP_UNAVAILABLE`,
 * `IDP_TIMEOUT`.
 */
export interface SystemGrants {
  /** RFC 8693: exchanges the person's token for one of the system. */
  exchange(
    subjectToken: string,
    request: { readonly audience: string; readonly scope: string },
  ): Promise<SystemToken>;
  /** Microsoft's on-behalf-of flow. */
  onBehalfOf(assertion: string, request: { readonly scope: string }): Promise<SystemToken>;
  clientCredentials(request: { readonly audience: string; readonly scope: string }): Promise<SystemToken>;
}

/** The person on whose behalf a system is called, and their credentials. */
export interface SystemPerson {
  /** Of the session or of the bearer token: tokens fetched for it are used for it alone. */
  readonly key: string;
  readonly subject: string;
  readonly login: string;
  /** The person's own access token, valid for some time yet. */
  accessToken(): Promise<string>;
}

/**
 * Tokens of systems, per person and system; in memory only. Nobody can use them after the session or the bearer token is over.
 * They are dropped when the session is ended here; otherwise they stay, up to their own end of use, until others take their place.
 */
export interface SystemTokens {
  credentials(
    system: SystemConfig,
    person: SystemPerson,
    refused?: SystemCredentials,
  ): Promise<SystemCredentials>;
  /** Drops the tokens of a session. */
  forget(key: string): void;
}

export interface SystemTokensDeps {
  readonly grants: SystemGrants;
  readonly clock: Clock;
  readonly issuer: string;
}

interface Kept {
  readonly made: Promise<SystemCredentials>;
  endsAtMs: number;
}

const MAX_KEPT = 5000;
/**
 * Tokens are not used until their last second, because the call takes time too. Short-lived tokens are used for
 * most of their life.
 */
const MARGIN_MS = 15_000;
const MARGIN_SHARE = 0.1;
/** The assumed lifetime if the provider does not state one. */
const UNKNOWN_LIFE_MS = 60_000;
const ASSERTION_MS = 60_000;

export function createSystemTokens(deps: SystemTokensDeps): SystemTokens {
  return new MemoryTokens(deps);
}

class MemoryTokens implements SystemTokens {
  readonly #deps: SystemTokensDeps;
  readonly #kept = new LRUCache<string, Map<string, Kept>>({ max: MAX_KEPT });

  constructor(deps: SystemTokensDeps) {
    this.#deps = deps;
  }

  async credentials(
    system: SystemConfig,
    person: SystemPerson,
    refused?: SystemCredentials,
  ): Promise<SystemCredentials> {
    const ofPerson = this.#ofPerson(person.key);
    const known = ofPerson.get(system.name);
    const isSpent = known !== undefined && refused !== undefined && (await known.made) === refused;
    if (known !== undefined && !isSpent && this.#deps.clock.now() < known.endsAtMs) return known.made;
    const entry = this.#begin(system, person);
    ofPerson.set(system.name, entry);
    return entry.made;
  }

  forget(key: string): void {
    this.#kept.delete(key);
  }

  #ofPerson(key: string): Map<string, Kept> {
    const known = this.#kept.get(key);
    if (known !== undefined) return known;
    const ofPerson = new Map<string, Kept>();
    this.#kept.set(key, ofPerson);
    return ofPerson;
  }

  /** Concurrent callers wait for the same token. */
  #begin(system: SystemConfig, person: SystemPerson): Kept {
    const entry: Kept = {
      endsAtMs: Number.POSITIVE_INFINITY,
      made: this.#make(system, person).then(
        ({ credentials, endsAtMs }) => {
          entry.endsAtMs = endsAtMs;
          return credentials;
        },
        (error: unknown) => {
          // After a refusal the next call requests a token again.
          entry.endsAtMs = 0;
          throw error;
        },
      ),
    };
    return entry;
  }

  async #make(system: SystemConfig, person: SystemPerson): Promise<Made> {
    const { grants, clock } = this.#deps;
    const { token } = system;
    const nowMs = clock.now();
    if (token.way === 'forward') {
      const own = await person.accessToken();
      assertForwardable(own, token.audience);
      return { credentials: bearer(own), endsAtMs: nowMs };
    }
    if (token.way === 'client-credentials') {
      const granted = await grants.clientCredentials(token);
      const assertion = await this.#assertion(system, person, token.assertionSecret);
      const headers = { ...bearer(granted.accessToken).headers, [token.personHeader]: assertion };
      return { credentials: { headers }, endsAtMs: Math.min(endOf(granted, nowMs), nowMs + ASSERTION_MS) };
    }
    const own = await person.accessToken();
    if (token.way === 'on-behalf-of') {
      const granted = await grants.onBehalfOf(own, token);
      return { credentials: bearer(granted.accessToken), endsAtMs: endOf(granted, nowMs) };
    }
    const granted = await grants.exchange(own, token);
    assertExchanged(granted.accessToken, token, person.subject);
    return { credentials: bearer(granted.accessToken), endsAtMs: endOf(granted, nowMs) };
  }

  /** The person's identity, signed, if the token itself is only the server's. */
  #assertion(
    { name, baseUrl }: SystemConfig,
    { subject, login }: SystemPerson,
    secret: string,
  ): Promise<string> {
    const nowMs = this.#deps.clock.now();
    return new SignJWT({ login })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT', kid: name })
      .setIssuer(this.#deps.issuer)
      .setSubject(subject)
      .setAudience(new URL(baseUrl).origin)
      .setIssuedAt(Math.floor(nowMs / MS_PER_SECOND))
      .setExpirationTime(Math.floor((nowMs + 2 * ASSERTION_MS) / MS_PER_SECOND))
      .sign(new TextEncoder().encode(secret));
  }
}

interface Made {
  readonly credentials: SystemCredentials;
  readonly endsAtMs: number;
}

const bearer = (token: string): SystemCredentials => ({ headers: { authorization: `Bearer ${token}` } });

function endOf({ expiresAtMs }: SystemToken, nowMs: number): number {
  const lifeMs = (expiresAtMs ?? nowMs + UNKNOWN_LIFE_MS) - nowMs;
  return nowMs + lifeMs - Math.min(MARGIN_MS, lifeMs * MARGIN_SHARE);
}
