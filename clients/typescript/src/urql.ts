import { type Exchange, subscriptionExchange } from '@urql/core';
import { type Client, idOf } from './client.ts';

/**
 * The last exchange of urql: asks by the client, with its launch and its session. Documents that carry their id
 * (`persistedDocuments` of GraphQL Code Generator) are sent by it.
 *
 * Write `__typename` into the selections of these documents: by an id exactly the listed text is run.
 */
export const createExchange = (client: Pick<Client, 'send'>): Exchange =>
  // It is the exchange for transports that are not urql's own, and carries queries and mutations too.
  subscriptionExchange({
    enableAllOperations: true,
    forwardSubscription: ({ query, variables, operationName }, operation) => ({
      subscribe(sink) {
        const leaving = new AbortController();
        const { signal } = leaving;
        const request = {
          text: () => query ?? '',
          id: idOf(operation.query),
          variables,
          operationName,
          signal,
        };
        client.send(request).then(
          (body) => {
            sink.next(body);
            sink.complete();
          },
          (error: unknown) => sink.error(error),
        );
        return { unsubscribe: () => leaving.abort() };
      },
    }),
  });
