import { AppError, toAppError } from '../../base/errors.ts';
import { type Login, randomToken } from '../../base/ids.ts';
import { createBegunRenewals } from '../../store/begun-renewals.ts';
import type { Locks } from '../../store/locks.ts';
import { type Found, OneUseRenewals } from '../../store/one-use-renewals.ts';
import { WRITTEN_WITHIN_MS } from '../../store/until-written.ts';
import { hashedKey, type Vault } from '../../store/vault.ts';
import { type Granted, type GrantDeps, requestGrant } from '../wire/grant.ts';

/**
 * Refresh tokens that can each be used once (API 1.2). One holder at a time refreshes, across all processes, and
 * the others take the result.
 */
export interface RefreshChain {
  /** Stores a new chain for `ttlMs` and returns its id. */
  begin(granted: Granted, ttlMs: number): Promise<string>;
  /**
   * A fresh token of the chain. Errors: `OWN_ACCOUNT_REFUSED` if the chain has ended.
   *
   * @param usedUntilMs for a renewal before its time: until when the token before it is used
   */
  token(chain: string, login: Login, usedUntilMs?: number | null): Promise<Granted>;
  /** Never returns this token again. */
  spoil(chain: string, value: string): Promise<void>;
  /** Deletes the chain. A refresh that is still running does not restore it. */
  end(chain: string): Promise<void>;
  /** Spends no refresh token any more, and waits for the answers to those that are spent. */
  close(): Promise<void>;
}

export interface RefreshChainDeps extends GrantDeps {
  readonly vault: Vault;
  readonly locks: Locks;
  /** Waits between the attempts to write the answer to a refresh token. */
  readonly writeWaitsMs?: readonly number[];
  /** Aborted once the server stops: then no token is renewed before its time. */
  readonly stopping?: AbortSignal;
}

interface Link extends Omit<Granted, 'renewFromMs'> {
  readonly endsAtMs: number;
}

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
  readonly #renewals: OneUseRenewals<Link, Link, Granted>;

  constructor(deps: RefreshChainDeps) {
    this.#deps = deps;
    const { vault, clock, locks, settings, writeWaitsMs } = deps;
    this.#renewals = new OneUseRenewals({
      begun: createBegunRenewals({ vault, clock, answerMs: settings.timeoutMs + WRITTEN_WITHIN_MS }),
      ...{ clock, locks, kind: 'own-chain', maxWaitMs: settings.timeoutMs + EXTRA_WAIT_MS },
      ...{ lateCode: 'UPSTREAM_TIMEOUT', writeWaitsMs },
    });
  }

  async begin(granted: Granted, ttlMs: number): Promise<string> {
    const chain = randomToken();
    const link = linkOf(granted, this.#deps.clock.now() + ttlMs);
    await this.#deps.vault.set(keyOf(chain), link, ttlMs);
    return chain;
  }

  token(chain: string, login: Login, usedUntilMs: number | null = null): Promise<Granted> {
    return this.#renewals.renew({
      id: chain,
      read: () => this.#found(chain, usedUntilMs),
      send: async (link) => ({ answer: await this.#spend(link, login) }),
      write: (old, next) => this.#write(chain, old, next),
      resultOf: async () => this.#granted(await this.#read(chain)),
    });
  }

  async spoil(chain: string, value: string): Promise<void> {
    const change = (link: unknown): Link | undefined =>
      (link as Link).value === value ? { ...(link as Link), renewAtMs: 0 } : undefined;
    await this.#deps.vault.update(keyOf(chain), change, (link) => this.#lifeLeft(link as Link));
  }

  async end(chain: string): Promise<void> {
    await this.#deps.vault.delete(keyOf(chain));
    this.#renewals.forget(chain);
  }

  close(): Promise<void> {
    return this.#renewals.close();
  }

  async #read(chain: string): Promise<Link> {
    const link = (await this.#deps.vault.get(keyOf(chain))) as Link | undefined;
    if (link === undefined || this.#lifeLeft(link) <= 0) throw new AppError('OWN_ACCOUNT_REFUSED');
    return link;
  }

  async #found(chain: string, usedUntilMs: number | null): Promise<Found<Link, Granted>> {
    const link = await this.#read(chain);
    const isUsable = this.#deps.clock.now() < link.renewAtMs;
    const isEarly = usedUntilMs !== null && this.#deps.stopping?.aborted !== true;
    // Another process may have renewed it already.
    if (isUsable && (!isEarly || link.renewAtMs > usedUntilMs)) return { result: this.#granted(link) };
    return { old: link, endsAtMs: link.endsAtMs, ...(isUsable && { meanwhile: this.#granted(link) }) };
  }

  async #spend({ refreshToken, endsAtMs }: Link, login: Login): Promise<Link> {
    if (refreshToken === null) throw new AppError('OWN_ACCOUNT_REFUSED');
    const parameters = { grant_type: 'refresh_token', refresh_token: refreshToken };
    try {
      return linkOf(await requestGrant(this.#deps, parameters, login), endsAtMs);
    } catch (error) {
      throw toAppError(error).code === 'UPSTREAM_AUTH' ? new AppError('OWN_ACCOUNT_REFUSED') : error;
    }
  }

  /** Never overwrites a chain that has ended or moved on. Repeats a write that succeeded but reported a failure. */
  async #write(chain: string, { refreshToken }: Link, next: Link): Promise<boolean> {
    const change = (value: unknown): Link | undefined => {
      const current = value as Link;
      const isMeant = current.refreshToken === refreshToken || current.value === next.value;
      return isMeant ? next : undefined;
    };
    return this.#deps.vault.update(keyOf(chain), change, (link) => this.#lifeLeft(link as Link));
  }

  /** The chain says nothing of early renewals: half of what is left is as good as any time. */
  #granted(link: Link): Granted {
    return { ...link, renewFromMs: (this.#deps.clock.now() + link.renewAtMs) / 2 };
  }

  #lifeLeft({ endsAtMs }: Link): number {
    return endsAtMs - this.#deps.clock.now();
  }
}

const linkOf = ({ value, refreshToken, renewAtMs }: Granted, endsAtMs: number): Link => ({
  ...{ value, refreshToken, renewAtMs, endsAtMs },
});

const keyOf = (chain: string): string => hashedKey('own-chain', chain);
