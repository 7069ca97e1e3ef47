import type { Clock } from '../../base/clock.ts';
import { isRandomToken, randomToken } from '../../base/ids.ts';
import { BRIEF_WAITS_MS, untilWritten } from '../../store/until-written.ts';
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
 *
 * The ID token goes with the session. If the address cannot be kept then, or its answer does not reach the browser, no
 * other try finds it: the person stays signed in at the provider, until they sign out there or its session ends.
 */
export interface ProviderSignOuts {
  /** Tries again for a moment where the store is unavailable. */
  keep(address: string): Promise<KeptSignOut>;
  /**
   * The address, and it is kept no more. Without the cookie it stays kept: a client that has the id alone cannot use it
   * up.
   */
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
      await untilWritten(() => issued.issue(keyOf(kept), address, SIGN_OUT_LIFE_MS), BRIEF_WAITS_MS);
      return kept;
    },
    async take(id, cookie) {
      if (cookie === undefined || !isRandomToken(id) || !isRandomToken(cookie)) return undefined;
      const key = keyOf({ id, cookie });
      // Not in one step: if the store's answer to it were lost, the address would be, too.
      const address = await issued.read(key);
      // If it stays kept, only this browser finds it, and not for long.
      if (address !== undefined) await deps.vault.delete(key).catch(() => undefined);
      return address;
    },
  };
}

const keyOf = ({ id, cookie }: KeptSignOut): string => hashedKey('sign-out', `${id}.${cookie}`);
