import type { ActingClient } from '../../src/shotgun/client/shotgun.ts';

/**
 * A client whose calls end in the order in which they began, one after the other. A site answers in any order, so two reads
 * that wait for different searches may go on together or apart.
 */
export function inOrder(client: ActingClient): ActingClient {
  let last: Promise<unknown> = Promise.resolve();
  return {
    ...client,
    call(operation, options) {
      const call = client.call(operation, options);
      const inTurn = last.then(aTick).then(() => call);
      call.catch(() => undefined);
      last = inTurn.catch(() => undefined);
      return inTurn;
    },
  };
}

/** What goes on with one call has asked for all that it can before the next call ends. */
const aTick = (): Promise<unknown> => new Promise((resolve) => setImmediate(resolve));
