import { ApolloClient, InMemoryCache } from '@apollo/client';
import { createClient } from 'shotgraph-client';
import { createLink } from 'shotgraph-client/apollo';

/** The session of this page, its launch, and where it asks. */
export const shotgraph = createClient({ app: 'review' });

export const apollo = new ApolloClient({ link: createLink(shotgraph), cache: new InMemoryCache() });
