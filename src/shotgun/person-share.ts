import { bulkhead } from 'cockatiel';
import type { BulkheadPolicy } from 'cockatiel';
import type { Login } from '../base/ids.ts';
import { toAbortError } from './connection-errors.ts';
import type { Transport } from './transport.ts';

interface Share {
  readonly turns: BulkheadPolicy;
  /** Calls that are under way or wait. */
  calls: number;
}

/**
 * The transport as each person may use it: so many calls at once, whatever the number of their pages; more wait for
 * their turn. So one person's wide page cannot take every connection from the others.
 *
 * Only what is sent waits, with its token in hand: tokens are asked for beside it, so no call can hold the turn that
 * its own token needs.
 */
export function createPersonShares(transport: Transport, maxAtOnce: number): (login: Login) => Transport {
  const shares = new Map<Login, Share>();

  async function inTurn(login: Login, call: () => Promise<void>): Promise<void> {
    const share = shares.get(login) ?? { turns: bulkhead(maxAtOnce, Infinity), calls: 0 };
    shares.set(login, share);
    share.calls += 1;
    try {
      await share.turns.execute(call);
    } finally {
      share.calls -= 1;
      if (share.calls === 0) shares.delete(login);
    }
  }

  return (login) => ({
    ...transport,
    send: (call, token, signal) =>
      new Promise((resolve, reject) => {
        // Nothing was sent yet: a write that ends here is not said to have changed anything perhaps.
        const leave = (): void => reject(toAbortError(signal));
        if (signal.aborted) return leave();
        signal.addEventListener('abort', leave, { once: true });
        // The bulkhead gets no signal: it heeds one only at the call's turn, and then gives that turn to nobody.
        inTurn(login, async () => {
          signal.removeEventListener('abort', leave);
          if (!signal.aborted) resolve(await transport.send(call, token, signal));
        }).catch(reject);
      }),
  });
}
