import { bulkhead, type BulkheadPolicy } from 'cockatiel';
import type { Login } from '../../base/ids.ts';
import { beginTimes, untilEnded } from '../port/call-times.ts';
import type { Transport } from '../wire/transport.ts';
import { atTurn } from '../wire/turns.ts';

interface Share {
  readonly turns: BulkheadPolicy;
  /** Calls that run or wait. */
  calls: number;
}

/**
 * Limits the transport per person: a maximum of calls at once, however many pages are open; the rest queue. So one
 * person's large page cannot take every connection from the others.
 *
 * Only calls that already have a token queue here. Token requests bypass the queue, so no call can hold the slot
 * that its own token needs.
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
    send(call, token, signal) {
      const times = beginTimes(call);
      const turns = {
        inTurn: (work: () => Promise<void>) => inTurn(login, work),
        onWaiting: transport.onWaiting,
      };
      const send = () => transport.send({ ...call, times }, token, signal);
      return untilEnded(times, () => atTurn(turns, signal, send));
    },
  });
}
