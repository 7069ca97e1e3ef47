import { ApolloClient, gql, InMemoryCache } from '@apollo/client';
import { cacheExchange, Client as UrqlClient, gql as urqlGql } from '@urql/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../src/base/digest.ts';
import { createLink } from '../../clients/typescript/src/apollo.ts';
import { createClient } from '../../clients/typescript/src/client.ts';
import { Problem, problemOf } from '../../clients/typescript/src/problem.ts';
import { createExchange } from '../../clients/typescript/src/urql.ts';
import { BrowserClient } from '../support/browser-client.ts';
import { type Files, mapOf, temporaryFiles } from '../support/operation-lists.ts';
import { startStudio, type Studio } from '../support/studio.ts';
import { pageOf } from './client-page.ts';
import { signedIn } from '../support/signed-in.ts';

const VERSIONS =
  'query Versions($first: Int!) { versions(first: $first) { __typename nodes { __typename id code } } }';
const BROKEN = 'query Broken { viewer { __typename id login } version(id: 999999) { __typename id } }';
const RENAME =
  'mutation Rename($id: Int!) { updateVersion(id: $id, input: { description: "x" }) { __typename id } }';
const DESCRIBE = RENAME.replace('Rename', 'Describe');
const BY_HAND = 'query ByHand { viewer { displayName } }';
const idOf = (text: string): string => `sha256:${sha256(text, 'hex')}`;

/** As GraphQL Code Generator makes it with `documentMode: string`. */
const typed = (text: string, hash: string) => ({ toString: () => text, __meta__: { hash } });

describe('the client of a page', () => {
  let studio: Studio;
  let files: Files;
  let mira: BrowserClient;
  beforeAll(async () => {
    files = await temporaryFiles();
    await files.write('review.json', mapOf(VERSIONS, BROKEN, RENAME, DESCRIBE));
    const config = await files.write(
      'shotgraph.yml',
      `amis: { review: { secrets: ['\${SHOTGRAPH_AMI_SECRET_REVIEW}'], opens: /apps/review/ } }
documents: only
apps:
  review: { directory: ., operations: review.json, rules: { Rename: { maxAuthAgeSeconds: 60 } } }
`,
    );
    studio = await startStudio({ SHOTGRAPH_CONFIG: config });
    mira = await signedIn(studio, 'mira');
  });
  afterAll(async () => {
    await studio.stop();
    await files.remove();
  });

  const review = (launch: string | null = null) => pageOf(studio, mira, { app: 'review', launch });

  it('sends the id of a listed document, and never its text', async () => {
    const { client, sent } = review();
    const { data, problems } = await client.ask(typed(VERSIONS, idOf(VERSIONS)), { first: 1 });
    expect([data, problems]).toEqual([
      {
        versions: {
          __typename: 'VersionConnection',
          nodes: [{ __typename: 'Version', id: expect.any(Number), code: expect.any(String) }],
        },
      },
      [],
    ]);
    expect(sent.map(({ body }) => body)).toEqual([{ documentId: idOf(VERSIONS), variables: { first: 1 } }]);
    expect(client.url).toBe(`${studio.bffUrl}/apps/review/graphql`);
  });

  it('sends the text if no list has the id, and from then on without trying the id', async () => {
    const { client, sent } = review();
    const document = typed(VERSIONS, idOf('of an older build'));
    for (const first of [1, 2]) await client.ask(document, { first });
    expect(sent.map(({ body }) => Object.keys(body))).toEqual([
      ['documentId', 'variables'],
      ['query', 'variables'],
      ['query', 'variables'],
    ]);
  });

  it('gets the code and the message of the server for a document that is on no list', async () => {
    const problem = await review()
      .client.ask(BY_HAND)
      .catch((error: unknown) => error);
    expect(problem).toBeInstanceOf(Problem);
    expect(problem).toMatchObject({
      code: 'DOCUMENT_UNKNOWN',
      message: expect.stringContaining('Nothing was done'),
      details: { tool: 'review' },

      requestId: expect.any(String),
      outcome: null,
    });
  });

  it('returns the data beside the errors, with the path of each error', async () => {
    await studio.fault({ match: { path: '/api/v1/entity/*' }, status: 503 });
    const { data, problems } = await review().client.ask(BROKEN);
    await studio.clearFaults();
    expect(data).toMatchObject({ viewer: { login: 'mira' }, version: null });
    expect(problems).toMatchObject([{ code: 'UPSTREAM_UNAVAILABLE', path: ['version'] }]);
  });

  it('sends the launch of the page, and a mutation with an unknown launch is refused', async () => {
    const { client, sent } = pageOf(studio, mira, { app: 'review', launch: 'made-up' });
    const document = typed(DESCRIBE, idOf(DESCRIBE));
    const refused = await client.ask(document, { id: studio.mirasVersionIds[0] });
    expect(refused.data).toEqual({ updateVersion: null });
    expect(refused.problems).toMatchObject([
      { code: 'BAD_USER_INPUT', path: ['updateVersion'], outcome: null },
    ]);
    expect(sent[0]?.headers.get('x-shotgraph-launch')).toBe('made-up');
  });

  it('reads with any launch id that a URL may contain', async () => {
    const { client } = review('écran “ä” 日本');
    const { problems } = await client.ask(typed(VERSIONS, idOf(VERSIONS)), { first: 1 });
    expect(problems).toEqual([]);
  });

  it('learns which sign-in an operation needs, and nothing is done', async () => {
    await studio.forgetSiteRequests();
    const problem = await review()
      .client.ask(RENAME, { id: 1 })
      .catch((error: unknown) => error);
    expect(problem).toMatchObject({ code: 'STEP_UP', loginUrl: expect.stringContaining('/auth/login?') });
    expect(await studio.siteRequests()).toEqual([]);
  });

  it('reports with codes that nobody is signed in, and that a server cannot be reached', async () => {
    const stranger = pageOf(studio, new BrowserClient(), { app: 'review' });
    await expect(stranger.client.ask(typed(VERSIONS, idOf(VERSIONS)), { first: 1 })).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
      message: 'You are not signed in. Sign in and repeat the request.',
    });
    const away = createClient({ server: 'http://127.0.0.1:9' });
    await expect(away.ask(BY_HAND)).rejects.toMatchObject({ code: 'NETWORK', message: /cannot be reached/u });
    await expect(away.ask(RENAME, { id: 1 })).rejects.toMatchObject({ outcome: 'unknown' });
    const proxy = createClient({ server: studio.bffUrl, fetch: async () => new Response('<h1>Log in</h1>') });
    await expect(proxy.ask(BY_HAND)).rejects.toMatchObject({ code: 'NETWORK' });
    const down = createClient({ fetch: async () => new Response('<h1>502</h1>', { status: 502 }) });
    await expect(down.ask(BY_HAND)).rejects.toMatchObject({ code: 'NETWORK', outcome: 'unknown' });
    const strict = createClient({ fetch: async () => new Response('<h1>403</h1>', { status: 403 }) });
    await expect(strict.ask(RENAME, { id: 1 })).rejects.toMatchObject({
      code: 'INTERNAL',
      message: 'This was refused on the way to the server (403). Tell an administrator.',
      outcome: null,
    });
  });

  describe('in Apollo Client', () => {
    const apolloOf = (page: ReturnType<typeof review>) =>
      new ApolloClient({ link: createLink(page.client), cache: new InMemoryCache() });
    const document = (text: string, hash: string) => Object.assign(gql(text), { __meta__: { hash } });

    it('sends the id that a document carries through its cache', async () => {
      const page = review();
      const client = apolloOf(page);
      const { data } = await client.query({
        query: document(VERSIONS, idOf(VERSIONS)),
        variables: { first: 1 },
      });
      expect(data).toMatchObject({ versions: { nodes: [{ __typename: 'Version' }] } });
      expect(page.sent.map(({ body }) => body)).toEqual([
        { documentId: idOf(VERSIONS), variables: { first: 1 }, operationName: 'Versions' },
      ]);
      client.stop();
    });

    it('returns the code of every refusal, of a request and of a field', async () => {
      const client = apolloOf(review());
      const refused = client.query({ query: gql(BY_HAND) });
      expect(problemOf(await refused.catch((error: unknown) => error))).toMatchObject({
        code: 'DOCUMENT_UNKNOWN',
      });
      await studio.fault({ match: { path: '/api/v1/entity/*' }, status: 503 });
      const failed = client.query({ query: document(BROKEN, idOf(BROKEN)) });
      expect(problemOf(await failed.catch((error: unknown) => error))).toMatchObject({
        code: 'UPSTREAM_UNAVAILABLE',
        path: ['version'],
      });
      await studio.clearFaults();
      client.stop();
    });
  });

  describe('in urql', () => {
    const urqlOf = (page: ReturnType<typeof review>) =>
      new UrqlClient({
        url: page.client.url,
        preferGetMethod: false,
        exchanges: [cacheExchange, createExchange(page.client)],
      });

    it('sends the id that a document carries through its cache', async () => {
      const page = review();
      const query = Object.assign(urqlGql(VERSIONS), { __meta__: { hash: idOf(VERSIONS) } });
      const { data } = await urqlOf(page).query(query, { first: 1 }).toPromise();
      expect(data).toMatchObject({ versions: { nodes: [{ __typename: 'Version' }] } });
      expect(page.sent.map(({ body }) => Object.keys(body))).toEqual([
        ['documentId', 'variables', 'operationName'],
      ]);
    });

    it('returns the code of a refusal', async () => {
      const { error } = await urqlOf(review()).query(urqlGql(BY_HAND), {}).toPromise();
      expect(problemOf(error)).toMatchObject({ code: 'DOCUMENT_UNKNOWN' });
    });
  });
});
