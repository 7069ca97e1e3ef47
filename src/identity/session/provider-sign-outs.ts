import type { Clock } from '../../base/clock.ts';
import { isRandomToken, randomToken } from '../../base/ids.ts';
import { hashedKey, type Vault } from '../../store/vault.ts';
import { createIssued } from './session-life.ts';

/** How long after a sign-out here the browser may go on to the provider's. */
export const SIGN_OUT_LIFE_MS = 300_000;

/** The two halves that find a kept address again. */
interface KeptSignOut {
  /** A part of the address that the page gets. */
  readonly id: string;
  /** The value of a cookie that no script can read. */
  readonly cookie: string;
}

/**
 * The provider's addresses for people who have signed out here. Such an address contains the ID token, so no page gets
 * it: the page gets the id, and the browser that signed out has the cookie. The session is over by then, and no cookie
 * of it could prove the browser.
 */
export interface ProviderSignOuts {
  keep(address: string): Promise<KeptSignOut>;
  /** The address, once. Without the cookie it stays kept: a client that has the id alone cannot use it up. */
  take(id: string, cookie: string | undefined): Promise<string | undefined>;
}

export function createProviderSignOuts(deps: {
  readonly vault: Vault;
  readonly clock: Clock;
}): ProviderSignOuts {
  const issued = createIssued(deps.vault, deps.clock);
  return {
    async keep(address) {
      const kept = { id: randomToken(), cookie: randomToken() };
      await issued.issue(keyOf(kept), address, SIGN_OUT_LIFE_MS);
      return kept;
    },
    async take(id, cookie) {
      if (cookie === undefined || !isRandomToken(id) || !isRandomToken(cookie)) return undefined;
      return issued.take(keyOf({ id, cookie }));
    },
  };
}

const keyOf = ({ id, cookie }: KeptSignOut): string => hashedKey('sign-out', `${id}.${cookie}`);
