import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import {
  ApolloClient,
  gql,
  HttpLink,
  type InMemoryCache,
  setLogVerbosity,
  type StoreObject,
} from '@apollo/client';
import { Client, type Exchange, fetchExchange, gql as urqlGql } from '@urql/core';
import { ROOT } from '../rules/source-files.ts';
import { filesOfDoc } from './doc-files.ts';

// Its advice to developers goes to the console. The tests count what it warns of.
setLogVerbosity('silent');

const run = promisify(execFile);
const ADDRESS = 'http://shotgraph.test/graphql';

/** The modules of docs/caches.md, as a front end has them. */
export interface CacheModules {
  readonly folder: string;
  readonly facts: { readonly possibleTypes: Record<string, string[]>; readonly values: readonly string[] };
  readonly apollo: { createCache(): InMemoryCache; readonly defaultOptions: ApolloClient.DefaultOptions };
  readonly graphcache: {
    createCache(): Exchange;
    readonly keys: Readonly<Record<string, (data: object) => string | null>>;
  };
}

/** Writes the files of docs/caches.md beside the facts that its script makes of the emitted schema. */
export async function loadCacheModules(): Promise<CacheModules> {
  // Inside the tree, so that the libraries are found.
  await mkdir(join(ROOT, 'test', 'artefacts'), { recursive: true });
  const folder = await mkdtemp(join(ROOT, 'test', 'artefacts', 'caches-'));
  await writeCacheFiles(folder);
  const load = async (name: string): Promise<unknown> => import(pathToFileURL(join(folder, name)).href);
  return {
    folder,
    facts: (await load('client-facts.js')) as CacheModules['facts'],
    apollo: (await load('apollo-cache.js')) as CacheModules['apollo'],
    graphcache: (await load('graphcache.js')) as CacheModules['graphcache'],
  };
}

/** The same files in a folder of a front end. */
export async function writeCacheFiles(folder: string): Promise<void> {
  for (const [name, code] of await filesOfDoc('docs/caches.md')) await writeFile(join(folder, name), code);
  const script = join(folder, 'make-client-facts.js');
  const { stdout } = await run(process.execPath, [script, join(ROOT, 'schema/schema.graphql')]);
  await writeFile(join(folder, 'client-facts.js'), stdout);
}

/** Answers the body of a request. */
export type Ask = (body: object) => Promise<{ readonly text: string }>;

export interface Shown {
  readonly data: unknown;
  readonly error: string | null;
}

/** A component of a page that shows a document. */
export interface Component {
  shown(): Shown;
  /** Reads again from the server, as on a button. */
  readAgain(): void;
  /** The page after what it shows. */
  readOn(after: string): void;
}

/** One client with a cache, and the requests that it made. */
export interface CountedClient {
  requests(): number;
  /** Everything that waits is answered, and no answer has led to another request. */
  settle(): Promise<void>;
  component(document: string, variables?: Record<string, unknown>): Component;
  mutate(document: string, variables: Record<string, unknown>): Promise<void>;
}

/** A loop would go on for ever. */
const MANY = 20;
/** Turns of the event loop without a request: caches react to an answer within a few. */
const QUIET_TURNS = 25;

function countRequests(ask: Ask) {
  let requests = 0;
  let open = 0;
  const answer: typeof fetch = async (_, init) => {
    requests += 1;
    if (requests > MANY) throw new Error('The client asks for ever.');
    open += 1;
    const body = JSON.parse(typeof init?.body === 'string' ? init.body : '{}') as object;
    const { text } = await ask(body).finally(() => (open -= 1));
    return new Response(text, { headers: { 'content-type': 'application/json' } });
  };
  return {
    fetch: answer,
    requests: () => requests,
    async settle() {
      for (let quiet = 0; quiet < QUIET_TURNS; quiet = open > 0 ? 0 : quiet + 1)
        await new Promise((resolve) => {
          setTimeout(resolve, 1);
        });
    },
  };
}

const NOTHING: Shown = { data: undefined, error: null };

export function countedApollo(
  ask: Ask,
  {
    createCache,
    defaultOptions,
  }: Pick<CacheModules['apollo'], 'createCache'> & Partial<CacheModules['apollo']>,
): CountedClient {
  const { fetch: counted, ...counts } = countRequests(ask);
  const client = new ApolloClient({
    link: new HttpLink({ uri: ADDRESS, fetch: counted }),
    cache: createCache(),
    ...(defaultOptions && { defaultOptions }),
  });
  return {
    ...counts,
    component(document, variables = {}) {
      let shown = NOTHING;
      const query = client.watchQuery({ query: gql(document), variables });
      query.subscribe(({ data, error }) => (shown = { data, error: error?.message ?? null }));
      return {
        shown: () => shown,
        readAgain: () => void query.refetch().catch(() => undefined),
        readOn: (after) => void query.fetchMore({ variables: { after } }),
      };
    },
    async mutate(document, variables) {
      await client.mutate({
        mutation: gql(document),
        variables,
        update(cache, { data }) {
          for (const { deleted } of Object.values(data as Record<string, { deleted?: StoreObject }>))
            if (deleted) cache.evict({ id: cache.identify(deleted) ?? '' });
        },
      });
    },
  };
}

export function countedUrql(
  ask: Ask,
  { createCache }: Pick<CacheModules['graphcache'], 'createCache'>,
): CountedClient {
  const { fetch: counted, ...counts } = countRequests(ask);
  const client = new Client({
    url: ADDRESS,
    preferGetMethod: false,
    fetch: counted,
    exchanges: [createCache(), fetchExchange],
  });
  return {
    ...counts,
    component(document, variables = {}) {
      let shown = NOTHING;
      const show = (given: Record<string, unknown>) =>
        client.query(urqlGql(document), given).subscribe(({ data, error }) => {
          shown = { data, error: error?.message ?? null };
        });
      let listening = show(variables);
      return {
        shown: () => shown,
        readAgain: () =>
          void client.query(urqlGql(document), variables, { requestPolicy: 'network-only' }).toPromise(),
        readOn(after) {
          listening.unsubscribe();
          listening = show({ ...variables, after });
        },
      };
    },
    async mutate(document, variables) {
      await client.mutation(urqlGql(document), variables).toPromise();
    },
  };
}
