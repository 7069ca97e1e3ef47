import { setTimeout as delay } from 'node:timers/promises';
import { AppError, toAppError } from '../../base/errors.ts';
import { type Login, randomToken } from '../../base/ids.ts';
import type { Locks } from '../../store/locks.ts';
import { untilWritten } from '../../store/until-written.ts';
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

  constructor(deps: RefreshChainDeps) {
    this.#deps = deps;
  }

  async begin(granted: Granted, ttlMs: number): Promise<string> {
    const chain = randomToken();
    const link: Link = { ...granted, endsAtMs: this.#deps.clock.now() + ttlMs };
    await this.#deps.vault.set(keyOf(chain), link, ttlMs);
    return chain;
  }

  async token(chain: string, login: Login): Promise<Granted> {
    const { locks, settings } = this.#deps;
    const maxWaitMs = settings.timeoutMs + EXTRA_WAIT_MS;
    for (let waitedMs = 0; waitedMs < maxWaitMs; waitedMs += POLL_MS) {
      const link = await this.#read(chain);
      if (this.#isFresh(link)) return link;
      const held = await locks.hold(`own-chain ${chain}`, () => this.#refresh(chain, login));
      if (held !== undefined) return held.result;
      await delay(POLL_MS);
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

  async #refresh(chain: string, login: Login): Promise<Granted> {
    // Read again: another process may have refreshed between our read and our lock.
    const link = await this.#read(chain);
    if (this.#isFresh(link)) return link;
    const { refreshToken } = link;
    if (refreshToken === null) throw new AppError('OWN_ACCOUNT_REFUSED');
    const known = this.#unwritten.get(chain);
    const next =
      known?.refreshToken === refreshToken ? known.next : await this.#spend(link, refreshToken, login);
    this.#unwritten.set(chain, { refreshToken, next });
    await this.#write(chain, { refreshToken, next });
    return this.#read(chain);
  }

  async #spend({ endsAtMs }: Link, refreshToken: string, login: Login): Promise<Link> {
    const parameters = { grant_type: 'refresh_token', refresh_token: refreshToken };
    try {
      return { ...(await requestGrant(this.#deps, parameters, login)), endsAtMs };
    } catch (error) {
      if (toAppError(error).code === 'UPSTREAM_AUTH') throw new AppError('OWN_ACCOUNT_REFUSED');
      throw error;
    }
  }

  /** Never overwrites a chain that has ended or moved on. Repeats a write that succeeded but reported a failure. */
  async #write(chain: string, { refreshToken, next }: Spent): Promise<void> {
    const change = (value: unknown): Link | undefined => {
      const current = value as Link;
      const isMeant = current.refreshToken === refreshToken || current.value === next.value;
      return isMeant ? next : undefined;
    };
    await untilWritten(() =>
      this.#deps.vault.update(keyOf(chain), change, (link) => this.#lifeLeft(link as Link)),
    );
    this.#unwritten.delete(chain);
  }

  #isFresh({ renewAtMs }: Link): boolean {
    return this.#deps.clock.now() < renewAtMs;
  }

  #lifeLeft({ endsAtMs }: Link): number {
    return endsAtMs - this.#deps.clock.now();
  }
}

const keyOf = (chain: string): string => hashedKey('own-chain', chain);
