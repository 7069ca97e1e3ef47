import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApolloServer } from '@apollo/server';
import { expressMiddleware } from '@as-integrations/express5';
import express from 'express';
import type { GraphqlContext } from '../src/graphql/request/context.ts';
import { createGraphql, type GraphqlPart } from '../src/graphql/graphql.ts';
import type { Login } from '../src/base/ids.ts';
import { createLogger } from '../src/base/logger.ts';
import { createWorkshop } from '../src/query/work.ts';
import { createExpressServer } from '../src/http/express-server.ts';
import type { ActingClient } from '../src/shotgun/client/shotgun.ts';
import type { Row } from '../src/shotgun/port/records.ts';
import { exposeSchema } from '../src/site/expose.ts';
import { parseSiteSchema } from '../src/site/parse-site-schema.ts';
import { demoDataset } from '../studio/site/demo/dataset.ts';
import { principalOf } from '../test/support/ask-graphql.ts';
import { GRAPHQL_SETTINGS } from '../test/support/graphql-world.ts';
import { isSearch } from '../test/support/site-operations.ts';
import { createTestShotgun } from '../test/support/test-shotgun.ts';
import { createTestUploads } from '../test/support/test-uploads.ts';
import { enginePage, engineRows, SDL } from './engine-page.ts';

/** A server of one kind in a process of its own: answers /graphql and tells its CPU time when asked by its parent. */

const [, , kind = '', siteUrl = '', peers = ''] = process.argv;
const silent = createLogger({ level: 'silent' });

async function ours(client: (login: string) => ActingClient): Promise<express.Express> {
  const dataset = demoDataset();
  const exposed = exposeSchema(parseSiteSchema(dataset.entityTypes, dataset.fields), {
    source: 'expose.yml',
    types: new Map(),
  });
  const settings = GRAPHQL_SETTINGS;
  const workFor = createWorkshop({ shotgun: { as: (login) => client(login) }, exposed, plan: settings.plan });
  const part: GraphqlPart = await createGraphql({
    exposed,
    environment: 'production',
    settings,
    siteUrl: 'https://studio.example',
    publicUrl: 'https://shotgraph.example',
    logger: silent,
    audit: { record: () => undefined },
    parts: { connectors: [], remotes: [] },
    systemsFor: () => () => null,
    launches: { read: async () => undefined },
    uploads: createTestUploads('https://storage.example', silent),
    workFor: ({ login }, work) => workFor(login, work),
  });
  const principal = principalOf('mira', 31);
  return served(part.server, () =>
    part.contextFor({
      principal,
      launchId: undefined,
      by: 'session',
      credentials: { key: 'bench', accessToken: async () => '' },
      requestId: 'bench',
      signal: new AbortController().signal,
    }),
  );
}

function served<T extends object>(server: ApolloServer<T>, context: () => Promise<T>): express.Express {
  const app = express().disable('x-powered-by').disable('etag');
  app.use('/graphql', express.json(), expressMiddleware(server, { context }));
  return app;
}

/** As people write it first: Apollo's defaults, a schema in SDL, a resolver for each link. */
async function apolloSdl(): Promise<express.Express> {
  const nodes = enginePage();
  const server = new ApolloServer({
    typeDefs: SDL,
    resolvers: {
      Query: { versions: () => ({ nodes }) },
      Version: {
        project: (version: (typeof nodes)[number]) => version.project,
        sgTask: (version: (typeof nodes)[number]) => version.sgTask,
        user: (version: (typeof nodes)[number]) => version.user,
      },
    },
  });
  await server.start();
  return served(server, async () => ({}));
}

/** The same that asks the site for each page, as people write that: a token made before, and `fetch`. */
async function apolloFetch(): Promise<express.Express> {
  const granted = await fetch(`${siteUrl}/api/v1/auth/access_token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: 'shotgraph',
      client_secret: 'demo-script-key',
      scope: 'sudo_as_login:mira',
    }),
  });
  const { access_token: token } = (await granted.json()) as { access_token: string };
  const versions = async (_root: unknown, { first }: { first: number }) => {
    const answer = await fetch(`${siteUrl}/api/v1/entity/versions/_search`, {
      method: 'POST',
      headers: {
        'content-type': 'application/vnd+shotgun.api3_hash+json',
        accept: 'application/json',
        authorization: `Bearer ${token}`,
      },
      body: JSON.stringify({
        filters: { logical_operator: 'and', conditions: [] },
        fields: FIELDS.join(','),
        page: { size: first, number: 1 },
      }),
    });
    const { data } = (await answer.json()) as { data: readonly Resource[] };
    return { nodes: data };
  };
  const server = new ApolloServer({
    typeDefs: SDL,
    resolvers: { Query: { versions }, Version: OF_RESOURCE },
  });
  await server.start();
  return served(server, async () => ({}));
}

interface Resource {
  readonly id: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly relationships: Readonly<Record<string, { readonly data: unknown } | undefined>>;
}

const FIELDS = [
  ...[
    'code',
    'description',
    'sg_status_list',
    'sg_version_type',
    'client_code',
    'frame_count',
    'frame_range',
  ],
  ...['created_at', 'updated_at', 'project', 'sg_task', 'user'],
];

const camelCase = (name: string): string =>
  name.replaceAll(/_(?<letter>[a-z])/gu, (_match, letter: string) => letter.toUpperCase());

const OF_RESOURCE = Object.fromEntries(
  FIELDS.map((name) => [
    camelCase(name),
    ({ attributes, relationships }: Resource) => relationships[name]?.data ?? attributes[name] ?? null,
  ]),
);

function memoryClient(): ActingClient {
  const rows: readonly Row[] = engineRows().map(({ id, ...fields }) => ({ type: 'Version', id, fields }));
  return {
    login: 'mira' as Login,
    call: async (operation) => {
      if (!isSearch(operation)) throw new Error('only searches here');
      return rows as never;
    },
  };
}

async function handlerOf(): Promise<RequestListener> {
  switch (kind) {
    case 'ours': {
      const client = memoryClient();
      return ours(() => client);
    }
    case 'ours-site': {
      const { shotgun } = createTestShotgun(siteUrl);
      return ours((login) => shotgun.as(login as GraphqlContext['principal']['login']));
    }
    case 'apollo-sdl':
      return apolloSdl();
    case 'apollo-fetch':
      return apolloFetch();
    case 'http-json': {
      const nodes = enginePage();
      const app = express().disable('x-powered-by').disable('etag');
      return app.post('/graphql', (_request, response) => {
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ data: { versions: { nodes } } }));
      });
    }
    default: {
      const { createPeer } = (await import(peers)) as {
        createPeer(name: string, sdl: string, page: unknown): Promise<never>;
      };
      return createPeer(kind, SDL, enginePage());
    }
  }
}

const handler = await handlerOf();
// Ours as our own server makes it, the others as their users do.
const server = kind.startsWith('ours')
  ? createExpressServer(handler as express.Express, {}, handler)
  : createServer(handler);
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on('message', () => process.send?.({ cpu: process.cpuUsage(), rss: process.memoryUsage().rss }));
process.on('disconnect', () => process.exit(0));
