import { setTimeout as delay } from 'node:timers/promises';
import { AppError, toAppError } from '../base/errors.ts';
import { randomToken } from '../base/ids.ts';
import type { Locks } from '../store/locks.ts';
import { untilWritten } from '../store/until-written.ts';
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

export interface RefreshChainDeps extends GrantDeps {
  readonly vault: Vault;
  readonly locks: Locks;
}

interface Link extends Granted {
  readonly endsAtMs: number;
}

/** What came of a refresh token that is spent. */
interface Spent {
  readonly refreshToken: string;
  readonly next: Link;
}

const POLL_MS = 50;
/** The site may take its whole time, and another process may have died while it refreshed. */
const EXTRA_WAIT_MS = 15_000;

export function createRefreshChain(deps: RefreshChainDeps): RefreshChain {
  const { vault, clock, locks, settings } = deps;
  /** Answers that are not in the store yet: asked again, the site would take the token for stolen. */
  const unwritten = new Map<string, Spent>();

  const read = async (chain: string): Promise<Link> => {
    const link = (await vault.get(keyOf(chain))) as Link | undefined;
    if (link === undefined || clock.now() >= link.endsAtMs) throw new AppError('OWN_ACCOUNT_REFUSED');
    return link;
  };
  const isFresh = (link: Link): boolean => clock.now() < link.renewAtMs;

  const spend = async (refreshToken: string, endsAtMs: number): Promise<Link> => {
    try {
      const granted = await requestGrant(deps, { grant_type: 'refresh_token', refresh_token: refreshToken });
      return { ...granted, endsAtMs };
    } catch (error) {
      if (toAppError(error).code === 'UPSTREAM_AUTH') throw new AppError('OWN_ACCOUNT_REFUSED');
      throw error;
    }
  };

  /** Never over a chain that has ended meanwhile, or gone on; again where it was written before, and failed then. */
  const write = async (chain: string, { refreshToken, next }: Spent): Promise<void> => {
    const change = (value: unknown): Link | undefined => {
      const { refreshToken: current, value: token } = value as Link;
      return current === refreshToken || token === next.value ? next : undefined;
    };
    await untilWritten(() => vault.update(keyOf(chain), change, Math.max(1, next.endsAtMs - clock.now())));
    unwritten.delete(chain);
  };

  const refresh = async (chain: string): Promise<Granted> => {
    // Read again: another may have refreshed between our look and our lock.
    const { refreshToken, endsAtMs, ...link } = await read(chain);
    if (isFresh({ ...link, refreshToken, endsAtMs })) return { ...link, refreshToken };
    if (refreshToken === null) throw new AppError('OWN_ACCOUNT_REFUSED');
    const known = unwritten.get(chain);
    const isKnown = known?.refreshToken === refreshToken;
    const spent = isKnown ? known : { refreshToken, next: await spend(refreshToken, endsAtMs) };
    unwritten.set(chain, spent);
    await write(chain, spent);
    return read(chain);
  };

  return {
    async begin(granted, ttlMs) {
      const chain = randomToken();
      const link: Link = { ...granted, endsAtMs: clock.now() + ttlMs };
      await vault.set(keyOf(chain), link, ttlMs);
      return chain;
    },
    async token(chain) {
      const maxWaitMs = settings.timeoutMs + EXTRA_WAIT_MS;
      for (let waitedMs = 0; waitedMs < maxWaitMs; waitedMs += POLL_MS) {
        const link = await read(chain);
        if (isFresh(link)) return link;
        const held = await locks.hold(`own-chain ${chain}`, () => refresh(chain));
        if (held !== undefined) return held.result;
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
    async end(chain) {
      await vault.delete(keyOf(chain));
      unwritten.delete(chain);
    },
  };
}

const keyOf = (chain: string): string => hashedKey('own-chain', chain);
