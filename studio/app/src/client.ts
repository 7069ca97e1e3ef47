import { ApolloClient, HttpLink, InMemoryCache } from '@apollo/client';

/** All requests carry the launch, so that the ShotGrid page it came from shows what is written here. */
export function createClient(launch: string | null): ApolloClient {
  return new ApolloClient({
    link: new HttpLink({
      uri: '/graphql',
      credentials: 'same-origin',
      headers: launch === null ? {} : { 'x-shotgraph-launch': launch },
    }),
    cache: new InMemoryCache(),
  });
}
