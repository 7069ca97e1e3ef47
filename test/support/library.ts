import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:http';
import { ApolloServer } from '@apollo/server';
import { expressMiddleware } from '@as-integrations/express5';
import express from 'express';
import { GraphQLError } from 'graphql';
import { createRemoteJWKSet, jwtVerify } from 'jose';

/** The schema that the library publishes. */
export const LIBRARY_SDL = `
scalar DateTime

enum Kind {
  PLATE
  TEXTURE
}

interface Item {
  id: ID!
  name: String!
  kind: Kind!
}

type Plate implements Item {
  id: ID!
  name: String!
  kind: Kind!
  "Frames per second."
  fps: Float!
}

type Texture implements Item {
  id: ID!
  name: String!
  kind: Kind!
  widthPixels: Int!
  madeFrom: Plate
  "Nobody may see it."
  shelf: String!
}

union Found = Plate | Texture

input Filter {
  kind: Kind
  names: [String!]
}

type Query {
  me: String!
  items(filter: Filter, first: Int = 10): [Item!]!
  find(text: String!): [Found!]!
  lastScan: DateTime
  secret: String
  broken: String!
}

type Mutation {
  rename(id: ID!, name: String!): Item!
  "Renames it, and then fails without a code."
  renameBadly(id: ID!, name: String!): Item
}
`;

interface Item {
  readonly __typename: 'Plate' | 'Texture';
  readonly id: string;
  name: string;
  readonly kind: 'PLATE' | 'TEXTURE';
  readonly fps?: number;
  readonly widthPixels?: number;
  readonly madeFrom?: Item;
}

export interface Library {
  readonly url: string;
  /** Documents that came, and by whom. */
  readonly asked: { readonly person: string; readonly query: string; readonly variables: unknown }[];
  close(): Promise<void>;
}

/** A library of footage with a GraphQL API of its own, behind the same single sign-on: it takes tokens for itself alone. */
export async function startLibrary(options: {
  readonly port: number;
  readonly issuer: string;
  readonly audience: string;
}): Promise<Library> {
  const plate: Item = { __typename: 'Plate', id: 'p1', name: 'Rain', kind: 'PLATE', fps: 23.976 };
  const items: Item[] = [
    plate,
    {
      __typename: 'Texture',
      id: 't1',
      name: 'Wet stone',
      kind: 'TEXTURE',
      widthPixels: 8192,
      madeFrom: plate,
    },
  ];
  const refused = (code: string): never => {
    throw new GraphQLError('canary-message of the library', { extensions: { code } });
  };
  const server = new ApolloServer<{ person: string }>({
    typeDefs: LIBRARY_SDL,
    stopOnTerminationSignals: false,
    resolvers: {
      Query: {
        me: (_root, _args, { person }) => person,
        items: (_root, { filter, first }: { filter?: { kind?: string; names?: string[] }; first: number }) =>
          items
            .filter(
              ({ kind, name }) => (filter?.kind ?? kind) === kind && (filter?.names ?? [name]).includes(name),
            )
            .slice(0, first),
        find: (_root, { text }: { text: string }) => items.filter(({ name }) => name.includes(text)),
        lastScan: () => '2026-11-20T08:00:00Z',
        secret: () => refused('FORBIDDEN'),
        broken: () => refused('INTERNAL_SERVER_ERROR'),
      },
      Texture: { shelf: () => refused('FORBIDDEN') },
      Mutation: {
        renameBadly(_root, { id, name }: { id: string; name: string }) {
          items.find((each) => each.id === id)!.name = name;
          throw new GraphQLError('canary-message of the library', { extensions: { code: undefined } });
        },
        rename(_root, { id, name }: { id: string; name: string }) {
          const item = items.find((each) => each.id === id) ?? refused('NOT_FOUND');
          item.name = name;
          return item;
        },
      },
    },
  });
  await server.start();
  const keys = createRemoteJWKSet(new URL('/jwks', options.issuer));
  const asked: Library['asked'] = [];
  const app = express().use(
    '/api/graphql',
    express.json(),
    expressMiddleware(server, {
      async context({ req: request }) {
        const token = String(request.headers.authorization).replace('Bearer ', '');
        const { issuer, audience } = options;
        const { payload } = await jwtVerify(token, keys, { issuer, audience }).catch(() => {
          throw new GraphQLError('no', { extensions: { code: 'UNAUTHENTICATED', http: { status: 401 } } });
        });
        const person = String(payload['preferred_username']);
        const { query, variables } = request.body as { query: string; variables: unknown };
        asked.push({ person, query, variables });
        return { person };
      },
    }),
  );
  const http = createServer(app).listen(options.port, '127.0.0.1');
  await once(http, 'listening');
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/api`,
    asked,
    async close() {
      await server.stop();
      const closed = once(http, 'close');
      http.close();
      http.closeAllConnections();
      await closed;
    },
  };
}
