import { isSameSecret, sha256 } from '../../base/digest.ts';
import type { Clock } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import { randomToken, type SessionId } from '../../base/ids.ts';
import { hashedKey, type Vault } from '../../store/vault.ts';
import type { SignInChecks } from '../provider/oidc-port.ts';

export const ATTEMPT_COOKIE_PREFIX = '__Host-tx.';
/** How long a person may take at the provider (C22). */
export const ATTEMPT_LIFE_MS = 600_000;
/** A late callback is recognised for this long, so that it can be restarted; its cookie is kept as long. */
export const ATTEMPT_KEPT_MS = 3_600_000;
/** Cookies of attempts in one browser: 20 tabs must not make the header too large (B14). */
const MAX_OPEN = 8;
const ID_LENGTH = 8;
const LOOP_WINDOW_MS = 30_000;
const MAX_SIGN_INS_PER_LAUNCH = 2;

/** One sign-in under way, bound to the browser that started it. */
export interface Attempt {
  /** Canonical path on our own origin. */
  readonly returnTo: string;
  /** The launch that waits for this sign-in. */
  readonly launchId: string | null;
  /** The handover that this sign-in is for: it ends in a frame and creates no session here. */
  readonly handoverId: string | null;
  /** Started for a callback that came too late: not restarted a second time. */
  readonly isRestart: boolean;
  /** A session of this browser whose cookie never reached it: it ends with this sign-in. */
  readonly supersedes?: SessionId | undefined;
}

interface AttemptRecord extends Attempt {
  readonly stateHash: string;
  readonly cookieHash: string;
  readonly nonce: string;
  readonly codeVerifier: string;
  readonly startedAtMs: number;
  readonly status: 'open' | 'consumed' | 'evicted';
}

/** Cookies of a request whose names begin with `ATTEMPT_COOKIE_PREFIX`. */
export type AttemptCookies = ReadonlyMap<string, string>;

export interface BegunAttempt {
  readonly cookie: { readonly name: string; readonly value: string };
  /** Names of cookies to delete: the oldest attempts of a browser with too many. */
  readonly evicted: readonly string[];
}

/** The kinds of callbacks. `cookieName` names the one cookie to delete. */
export type Arrival =
  /** Unknown (C1). */
  | { readonly kind: 'refused' }
  /**
   * The attempt's cookie is missing (C14): the attempt belongs to another browser, or this browser lost the
   * cookie. Use nothing of it until this browser has proven in another way that the attempt is its own.
   */
  | {
      readonly kind: 'unproven';
      readonly attempt: Attempt;
      readonly signInId: string;
      readonly status: 'open' | 'consumed' | 'late';
    }
  /** Taken: no other callback can redeem it any more. */
  | {
      readonly kind: 'open';
      readonly attempt: Attempt;
      readonly checks: SignInChecks;
      readonly cookieName: string;
      /** Names this sign-in in the session that it creates. */
      readonly signInId: string;
    }
  /** Was redeemed before (Back button, reload). */
  | { readonly kind: 'consumed'; readonly attempt: Attempt; readonly cookieName: string }
  /** Evicted by newer ones, or too slow. */
  | { readonly kind: 'late'; readonly attempt: Attempt; readonly cookieName: string };

/** Sign-in attempts, one record and one cookie each, so that tabs do not disturb one another (B12 to B14). */
export interface Attempts {
  /** Errors: `COOKIES_BLOCKED` where sign-in for one launch starts again and again without a cookie coming back. */
  begin(attempt: Attempt, checks: SignInChecks, cookies: AttemptCookies): Promise<BegunAttempt>;
  arrive(state: string | null, cookies: AttemptCookies): Promise<Arrival>;
  /** Where a sign-in of the last hour led, by its `signInId`. */
  returnToOf(signInId: string): Promise<string | undefined>;
  /** A page stopped the sign-in: the next attempt is the person's own click, not a loop. */
  stopped(attempt: Attempt): Promise<void>;
}

/** Attempts as records of the vault. */
export function createAttempts(deps: { readonly vault: Vault; readonly clock: Clock }): Attempts {
  return new VaultAttempts(deps.vault, deps.clock);
}

class VaultAttempts implements Attempts {
  readonly #vault: Vault;
  readonly #clock: Clock;

  constructor(vault: Vault, clock: Clock) {
    this.#vault = vault;
    this.#clock = clock;
  }

  async begin(attempt: Attempt, checks: SignInChecks, cookies: AttemptCookies): Promise<BegunAttempt> {
    if (attempt.launchId !== null && cookies.size === 0) await this.#guardLoop(attempt.launchId);
    const evicted = await this.#evict(cookies);
    const id = checks.state.slice(0, ID_LENGTH);
    const nowMs = this.#clock.now();
    const value = `${nowMs.toString(36)}.${randomToken()}`;
    const record: AttemptRecord = {
      ...attempt,
      stateHash: sha256(checks.state),
      cookieHash: sha256(value),
      nonce: checks.nonce,
      codeVerifier: checks.codeVerifier,
      startedAtMs: nowMs,
      status: 'open',
    };
    if (!(await this.#vault.add(keyOf(id), record, ATTEMPT_KEPT_MS))) throw new AppError('UNAVAILABLE');
    return { cookie: { name: `${ATTEMPT_COOKIE_PREFIX}${id}`, value }, evicted };
  }

  async arrive(state: string | null, cookies: AttemptCookies): Promise<Arrival> {
    const id = state?.slice(0, ID_LENGTH) ?? '';
    if (state === null || id.length < ID_LENGTH) return { kind: 'refused' };
    const record = await this.#kept(id);
    if (record === undefined || !isSameSecret(record.stateHash, sha256(state))) return { kind: 'refused' };
    const cookieName = `${ATTEMPT_COOKIE_PREFIX}${id}`;
    const attempt = toAttempt(record);
    const status = this.#statusOf(record);
    // A state is a part of URLs, which other people may have seen.
    if (!isSameSecret(record.cookieHash, sha256(cookies.get(cookieName) ?? ''))) {
      return { kind: 'unproven', attempt, signInId: id, status };
    }
    if (status === 'late') return { kind: 'late', attempt, cookieName };
    if (status === 'consumed' || !(await this.#close(id, 'consumed')))
      return { kind: 'consumed', attempt, cookieName };
    const { nonce, codeVerifier } = record;
    return { kind: 'open', attempt, checks: { state, nonce, codeVerifier }, cookieName, signInId: id };
  }

  async returnToOf(signInId: string): Promise<string | undefined> {
    return (await this.#kept(signInId))?.returnTo;
  }

  async #kept(id: string): Promise<AttemptRecord | undefined> {
    return (await this.#vault.get(keyOf(id))) as AttemptRecord | undefined;
  }

  async stopped({ launchId }: Attempt): Promise<void> {
    if (launchId !== null) await this.#vault.delete(loopKeyOf(launchId));
  }

  #statusOf({ status, startedAtMs }: AttemptRecord): 'open' | 'consumed' | 'late' {
    if (status === 'consumed') return 'consumed';
    const isOver = this.#clock.now() - startedAtMs >= ATTEMPT_LIFE_MS;
    return status === 'evicted' || isOver ? 'late' : 'open';
  }

  /** Of several concurrent callers exactly one closes an open attempt (C2). */
  async #close(id: string, status: 'consumed' | 'evicted', cookieHash?: string): Promise<boolean> {
    let isClosed = false;
    await this.#vault.update(
      keyOf(id),
      (value) => {
        const current = value as AttemptRecord;
        const isOwn = cookieHash === undefined || isSameSecret(current.cookieHash, cookieHash);
        isClosed = current.status === 'open' && isOwn;
        return isClosed ? { ...current, status } : undefined;
      },
      ATTEMPT_KEPT_MS,
    );
    return isClosed;
  }

  async #evict(cookies: AttemptCookies): Promise<readonly string[]> {
    const eldestFirst = [...cookies].sort(([, a], [, b]) => issuedAtOf(a) - issuedAtOf(b));
    const surplus = eldestFirst.slice(0, Math.max(0, cookies.size - MAX_OPEN + 1));
    await Promise.all(
      surplus.map(([name, value]) =>
        this.#close(name.slice(ATTEMPT_COOKIE_PREFIX.length), 'evicted', sha256(value)),
      ),
    );
    return surplus.map(([name]) => name);
  }

  /** A browser without cookies would be redirected to the provider and back for ever (C19). */
  async #guardLoop(launchId: string): Promise<void> {
    const key = loopKeyOf(launchId);
    const nowMs = this.#clock.now();
    const kept = ((await this.#vault.get(key)) ?? []) as readonly number[];
    const recent = kept.filter((startedAtMs) => nowMs - startedAtMs < LOOP_WINDOW_MS);
    if (recent.length >= MAX_SIGN_INS_PER_LAUNCH) {
      // A page stops the loop. The next attempt is the person's own, perhaps with cookies.
      await this.#vault.delete(key);
      throw new AppError('COOKIES_BLOCKED');
    }
    await this.#vault.set(key, [...recent, nowMs], LOOP_WINDOW_MS);
  }
}

const keyOf = (id: string): string => hashedKey('attempt', id);
const loopKeyOf = (launchId: string): string => hashedKey('sign-ins', launchId);

const toAttempt = ({ returnTo, launchId, handoverId, isRestart, supersedes }: AttemptRecord): Attempt => ({
  returnTo,
  launchId,
  handoverId,
  isRestart,
  supersedes,
});

/**
 * Cookie values contain their time, so that the oldest is known without reading the store. An invented value
 * counts as the oldest.
 */
function issuedAtOf(cookieValue: string): number {
  const issuedAtMs = Number.parseInt(cookieValue.split('.')[0] ?? '', 36);
  return Number.isSafeInteger(issuedAtMs) ? issuedAtMs : 0;
}
