import { setTimeout as delay } from 'node:timers/promises';
import { AppError, toAppError } from '../../base/errors.ts';
import { type Login, randomToken } from '../../base/ids.ts';
import { type BegunRenewals, createBegunRenewals } from '../../store/begun-renewals.ts';
import type { Locks } from '../../store/locks.ts';
import { untilWritten, WRITTEN_WITHIN_MS } from '../../store/until-written.ts';
import { hashedKey, type Vault } from '../../store/vault.ts';
import { type Granted, type GrantDeps, requestGrant } from '../wire/grant.ts';

/**
 * Refresh tokens that can each be used once (API 1.2). One holder at a time refreshes, across all processes, and
 * the others take the result.
 */
export interface RefreshChain {
  /** Stores a new chain for `ttlMs` and returns its id. */
  begin(granted: Granted, ttlMs: number): Promise<string>;
  /** A fresh token of the chain. Errors: `OWN_ACCOUNT_REFUSED` if the chain has ended. */
  token(chain: string, login: Login): Promise<Granted>;
  /** Never returns this token again. */
  spoil(chain: string, value: string): Promise<void>;
  /** Deletes the chain. A refresh that is still running does not restore it. */
  end(chain: string): Promise<void>;
}

export interface RefreshChainDeps extends GrantDeps {
  readonly vault: Vault;
  readonly locks: Locks;
  /** Waits between the attempts to write the answer to a refresh token. */
  readonly writeWaitsMs?: readonly number[];
}

interface Link extends Granted {
  readonly endsAtMs: number;
}

/** The result of a refresh token that was used. */
interface Spent {
  readonly refreshToken: string;
  readonly next: Link;
}

const POLL_MS = 50;
/** The same for a token that another process has sent: its answer may take long. */
const ELSEWHERE_POLL_MS = 500;
const WRITE_ON_MS = 1000;
/**
 * Extra wait for another process: the site may use its full timeout, and that process may have died while
 * refreshing.
 */
const EXTRA_WAIT_MS = 15_000;

/** Keeps the chains in the vault. One lock per chain lets only one process refresh at a time. */
export function createRefreshChain(deps: RefreshChainDeps): RefreshChain {
  return new VaultChain(deps);
}

class VaultChain implements RefreshChain {
  readonly #deps: RefreshChainDeps;
  /** Results that are not in the store yet. If we sent the refresh token again, the site would treat it as stolen. */
  readonly #unwritten = new Map<string, Spent>();
  /** Callers of this process share one refresh. The lock is for other processes, and may be lost. */
  readonly #flights = new Map<string, Promise<Granted>>();
  readonly #begun: BegunRenewals;

  constructor(deps: RefreshChainDeps) {
    this.#deps = deps;
    const { vault, clock, settings } = deps;
    this.#begun = createBegunRenewals({ vault, clock, answerMs: settings.timeoutMs + WRITTEN_WITHIN_MS });
  }

  async begin(granted: Granted, ttlMs: number): Promise<string> {
    const chain = randomToken();
    const link: Link = { ...granted, endsAtMs: this.#deps.clock.now() + ttlMs };
    await this.#deps.vault.set(keyOf(chain), link, ttlMs);
    return chain;
  }

  token(chain: string, login: Login): Promise<Granted> {
    return this.#flights.get(chain) ?? this.#fly(chain, this.#freshToken(chain, login));
  }

  /** One at a time for each chain, so that no refresh reads the chain while an answer to it is being written. */
  #fly(chain: string, work: Promise<Granted>): Promise<Granted> {
    const flight = work.finally(() => this.#flights.delete(chain));
    this.#flights.set(chain, flight);
    return flight;
  }

  async #freshToken(chain: string, login: Login): Promise<Granted> {
    const { locks, settings } = this.#deps;
    const maxWaitMs = settings.timeoutMs + EXTRA_WAIT_MS;
    for (let waitedMs = 0; waitedMs < maxWaitMs;) {
      const link = await this.#read(chain);
      if (this.#isFresh(link)) return link;
      const held = await locks.hold(`own-chain ${chain}`, () => this.#refresh(chain, login));
      if (held !== undefined && held.result !== 'elsewhere') return held.result;
      const pollMs = held === undefined ? POLL_MS : ELSEWHERE_POLL_MS;
      await delay(pollMs);
      waitedMs += pollMs;
    }
    throw new AppError('UPSTREAM_TIMEOUT');
  }

  async spoil(chain: string, value: string): Promise<void> {
    const change = (link: unknown): Link | undefined =>
      (link as Link).value === value ? { ...(link as Link), renewAtMs: 0 } : undefined;
    await this.#deps.vault.update(keyOf(chain), change, (link) => this.#lifeLeft(link as Link));
  }

  async end(chain: string): Promise<void> {
    await this.#deps.vault.delete(keyOf(chain));
    this.#unwritten.delete(chain);
  }

  async #read(chain: string): Promise<Link> {
    const link = (await this.#deps.vault.get(keyOf(chain))) as Link | undefined;
    if (link === undefined || this.#lifeLeft(link) <= 0) throw new AppError('OWN_ACCOUNT_REFUSED');
    return link;
  }

  /** `elsewhere` if another process has sent the refresh token and may still write the answer. */
  async #refresh(chain: string, login: Login): Promise<Granted | 'elsewhere'> {
    // Read again: another process may have refreshed between our read and our lock.
    const link = await this.#read(chain);
    if (this.#isFresh(link)) return link;
    const { refreshToken } = link;
    if (refreshToken === null) throw new AppError('OWN_ACCOUNT_REFUSED');
    const known = this.#unwritten.get(chain);
    const isKnown = known?.refreshToken === refreshToken;
    if (!isKnown && (await this.#begun.isElsewhere(chain, refreshToken))) return 'elsewhere';
    const next = isKnown ? known.next : await this.#spend(chain, { ...link, refreshToken }, login);
    const spent: Spent = { refreshToken, next };
    this.#unwritten.set(chain, spent);
    try {
      await untilWritten(() => this.#write(chain, spent), this.#deps.writeWaitsMs);
    } catch (error) {
      void this.#writeOn(chain, spent);
      throw error;
    }
    await this.#begun.end(chain);
    return this.#read(chain);
  }

  async #spend(chain: string, link: Link & { readonly refreshToken: string }, login: Login): Promise<Link> {
    const { endsAtMs, refreshToken } = link;
    const parameters = { grant_type: 'refresh_token', refresh_token: refreshToken };
    await this.#begun.begin(chain, refreshToken, this.#lifeLeft(link));
    try {
      return { ...(await requestGrant(this.#deps, parameters, login)), endsAtMs };
    } catch (error) {
      await this.#begun.end(chain);
      if (toAppError(error).code === 'UPSTREAM_AUTH') throw new AppError('OWN_ACCOUNT_REFUSED');
      throw error;
    }
  }

  /** Never overwrites a chain that has ended or moved on. Repeats a write that succeeded but reported a failure. */
  async #write(chain: string, spent: Spent): Promise<void> {
    const { refreshToken, next } = spent;
    const change = (value: unknown): Link | undefined => {
      const current = value as Link;
      const isMeant = current.refreshToken === refreshToken || current.value === next.value;
      return isMeant ? next : undefined;
    };
    await this.#deps.vault.update(keyOf(chain), change, (link) => this.#lifeLeft(link as Link));
    if (this.#unwritten.get(chain) === spent) this.#unwritten.delete(chain);
  }

  /** Once the store is back, other processes wait only a few seconds: the answer must be stored by then. */
  async #writeOn(chain: string, spent: Spent): Promise<void> {
    while (this.#unwritten.get(chain) === spent && this.#lifeLeft(spent.next) > 0) {
      await delay(WRITE_ON_MS, undefined, { ref: false });
      if (this.#unwritten.get(chain) !== spent || this.#flights.has(chain)) continue;
      const written = this.#write(chain, spent).then(() => this.#begun.end(chain));
      await this.#fly(
        chain,
        written.then(() => this.#read(chain)),
      ).catch(() => undefined);
    }
  }

  #isFresh({ renewAtMs }: Link): boolean {
    return this.#deps.clock.now() < renewAtMs;
  }

  #lifeLeft({ endsAtMs }: Link): number {
    return endsAtMs - this.#deps.clock.now();
  }
}

const keyOf = (chain: string): string => hashedKey('own-chain', chain);
