import { ApolloLink, Observable } from '@apollo/client';
import { print } from '@apollo/client/utilities';
import { type Client, idOf } from './client.ts';
import { fieldsOf, listOf } from './read.ts';

/**
 * The last link of Apollo Client: asks by the client, with its launch and its session. Documents that carry their id
 * (`persistedDocuments` of GraphQL Code Generator) are sent by it.
 *
 * Write `__typename` into the selections of these documents: by an id exactly the listed text is run.
 */
export function createLink(client: Pick<Client, 'send'>): ApolloLink {
  return new ApolloLink(
    ({ query, variables, operationName }) =>
      new Observable((observer) => {
        const leaving = new AbortController();
        const { signal } = leaving;
        const request = { text: () => print(query), id: idOf(query), variables, operationName, signal };
        client.send(request).then(
          (body) => {
            observer.next(resultOf(body));
            observer.complete();
          },
          (error: unknown) => observer.error(error),
        );
        return () => leaving.abort();
      }),
  );
}

const resultOf = (body: object): ApolloLink.Result => {
  const { data, errors, extensions } = fieldsOf(body);
  return {
    data: data === undefined ? null : (data as Record<string, unknown> | null),
    ...(errors !== undefined && { errors: listOf(errors) as NonNullable<ApolloLink.Result['errors']> }),
    ...(extensions !== undefined && { extensions: fieldsOf(extensions) }),
  };
};
