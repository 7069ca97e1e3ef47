import type { ActingClient } from '../../src/shotgun/port/shotgun.ts';

/**
 * A client whose searches end in the order in which they began, one after the other. A site answers in any order, so two
 * reads that wait for different searches may go on together or apart.
 */
export function inOrder(client: ActingClient): ActingClient {
  let last: Promise<unknown> = Promise.resolve();
  const after = <T>(call: Promise<T>): Promise<T> => {
    const mine = last.then(aTick).then(() => call);
    last = mine.catch(() => undefined);
    call.catch(() => undefined);
    return mine;
  };
  return {
    ...client,
    search: (request, options) => after(client.search(request, options)),
    summarize: (request, options) => after(client.summarize(request, options)),
  };
}

/** What goes on with one call has asked for all that it can before the next call ends. */
const aTick = (): Promise<unknown> => new Promise((resolve) => setImmediate(resolve));
