import { setTimeout as delay } from 'node:timers/promises';
import { AppError, toAppError } from '../base/errors.ts';
import { randomToken } from '../base/ids.ts';
import { hashedKey, type Vault } from '../store/vault.ts';
import { type Granted, type GrantDeps, requestGrant } from './grant.ts';

/**
 * Tokens of which each refresh token is good for one use (API 1.2): one holder at a time refreshes, in whichever process,
 * and the others take what came of it.
 */
export interface RefreshChain {
  begin(granted: Granted, ttlMs: number): Promise<string>;
  /** Errors: `OWN_ACCOUNT_REFUSED` where the chain is over. */
  token(chain: string): Promise<Granted>;
  /** This token is not given again. */
  spoil(chain: string, value: string): Promise<void>;
  end(chain: string): Promise<void>;
}

interface Link extends Granted {
  readonly endsAtMs: number;
}

const LOCK_MS = 20_000;
const POLL_MS = 50;

export function createRefreshChain(deps: GrantDeps & { readonly vault: Vault }): RefreshChain {
  const { vault, clock } = deps;
  const read = async (chain: string): Promise<Link> => {
    const link = (await vault.get(keyOf(chain))) as Link | undefined;
    if (link === undefined || clock.now() >= link.endsAtMs) throw new AppError('OWN_ACCOUNT_REFUSED');
    return link;
  };
  const isFresh = (link: Link): boolean => clock.now() < link.renewAtMs;

  const refresh = async (chain: string): Promise<Granted> => {
    // Read again: another may have refreshed between our look and our lock.
    const link = await read(chain);
    if (isFresh(link)) return link;
    if (link.refreshToken === null) throw new AppError('OWN_ACCOUNT_REFUSED');
    try {
      const granted = await requestGrant(deps, {
        grant_type: 'refresh_token',
        refresh_token: link.refreshToken,
      });
      const next: Link = { ...granted, endsAtMs: link.endsAtMs };
      await vault.set(keyOf(chain), next, link.endsAtMs - clock.now());
      return next;
    } catch (error) {
      if (toAppError(error).code === 'UPSTREAM_AUTH') throw new AppError('OWN_ACCOUNT_REFUSED');
      throw error;
    }
  };

  return {
    async begin(granted, ttlMs) {
      const chain = randomToken();
      const link: Link = { ...granted, endsAtMs: clock.now() + ttlMs };
      await vault.set(keyOf(chain), link, ttlMs);
      return chain;
    },
    async token(chain) {
      for (let waitedMs = 0; waitedMs < LOCK_MS; waitedMs += POLL_MS) {
        const link = await read(chain);
        if (isFresh(link)) return link;
        if (await vault.add(lockKey(chain), '', LOCK_MS)) {
          try {
            return await refresh(chain);
          } finally {
            await vault.delete(lockKey(chain));
          }
        }
        await delay(POLL_MS);
      }
      throw new AppError('UPSTREAM_TIMEOUT');
    },
    async spoil(chain, value) {
      const change = (link: unknown): Link | undefined =>
        (link as Link).value === value ? { ...(link as Link), renewAtMs: 0 } : undefined;
      const link = (await vault.get(keyOf(chain))) as Link | undefined;
      if (link !== undefined) await vault.update(keyOf(chain), change, link.endsAtMs - clock.now());
    },
    end: (chain) => vault.delete(keyOf(chain)),
  };
}

const keyOf = (chain: string): string => hashedKey('own-chain', chain);
const lockKey = (chain: string): string => hashedKey('own-chain-lock', chain);
