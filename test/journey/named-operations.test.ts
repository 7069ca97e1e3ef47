import { readFile } from 'node:fs/promises';
import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../src/base/digest.ts';
import { BrowserClient } from '../support/browser-client.ts';
import { type Files, mapOf, temporaryFiles } from '../support/operation-lists.ts';
import { pipelineToken } from '../support/pipeline-token.ts';
import { API_AUDIENCE, startStudio, type Studio } from '../support/studio.ts';

const WHO = 'query Who {\n  viewer {\n    login\n  }\n}';
const VERSIONS =
  'query Versions($first: Int!) {\n  versions(first: $first) {\n    nodes {\n      id\n      __typename\n    }\n    __typename\n  }\n}';
const BY_HAND = 'query ByHand { viewer { displayName } }';
const RENAME = 'mutation Rename($id: Int!) { updateVersion(id: $id, input: { description: "x" }) { id } }';
const NIGHTLY = '# All there are.\nquery Nightly { viewer { login } }\n';

/** Front ends and scripts that the server knows by their operations, on the whole way. */
describe('tools with operations', () => {
  let studio: Studio;
  let files: Files;
  let mira: BrowserClient;
  beforeAll(async () => {
    files = await temporaryFiles();
    await files.write('review.json', mapOf(WHO, VERSIONS, RENAME));
    await files.write('nightly/nightly.graphql', NIGHTLY);
    await files.write('other.json', mapOf(BY_HAND));
    const config = await files.write(
      'shotgraph.yml',
      `documents: only
amis: { review: { secrets: ['\${SHOTGRAPH_AMI_SECRET_REVIEW}'], opens: /apps/review/ } }
apps:
  review: { directory: ., operations: review.json, rules: { Rename: { maxAuthAgeSeconds: 300 }, Versions: { maxSearches: 1 } } }
  other: { origin: 'http://localhost:5999', operations: other.json }
tools:
  nightly: { operations: nightly, clients: [pipeline], rules: { Nightly: { maxSearches: 3 } } }
`,
    );
    studio = await startStudio({
      SHOTGRAPH_CONFIG: config,
      SHOTGRAPH_BEARER_AUDIENCE: API_AUDIENCE,
      SHOTGRAPH_METRICS_PORT: '0',
      SHOTGRAPH_AUDIT: `${files.folder}/audit.jsonl`,
    });
    mira = new BrowserClient();
    await studio.launch(mira, 'mira', studio.mirasVersionIds.slice(0, 1));
  });
  afterAll(async () => {
    await studio.stop();
    await files.remove();
  });

  const ask = async (path: string, json: object, headers: Record<string, string> = {}) => {
    const answer = await mira.post(`${studio.bffUrl}${path}`, { json, from: 'same-origin', headers });
    const { data, errors, extensions } = JSON.parse(answer.body) as {
      data?: Record<string, unknown> | null;
      errors?: { message: string; extensions: { code: string; details?: Record<string, unknown> } }[];
      extensions?: { plan?: object };
    };
    return {
      status: answer.status,
      headers: answer.headers,
      data,
      code: errors?.[0]?.extensions.code,
      error: errors?.[0],
      extensions,
    };
  };
  const lines = (event: string): readonly Record<string, unknown>[] =>
    studio.logLines
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter((line) => line['event'] === event);

  it('may ask by documentId, by the hash of Apollo and by GET, and the plan and the log say who asked what', async () => {
    const [id, variables] = [`sha256:${sha256(VERSIONS, 'hex')}`, { first: 1 }];
    const byId = await ask('/apps/review/graphql', { documentId: id, variables });
    expect(byId).toMatchObject({ status: 200, data: { versions: { nodes: [{ __typename: 'Version' }] } } });
    expect(byId.extensions?.plan).toMatchObject({ tool: 'review', operation: 'Versions', waves: 1 });
    const persistedQuery = { version: 1, sha256Hash: sha256(WHO, 'hex') };
    expect((await ask('/apps/review/graphql', { extensions: { persistedQuery } })).data).toEqual({
      viewer: { login: 'mira' },
    });
    // Clients without an id send an empty one.
    expect((await ask('/apps/review/graphql', { documentId: '', query: WHO })).code).toBeUndefined();
    const search = new URLSearchParams({ documentId: sha256(WHO, 'hex') });
    const got = await mira.get(`${studio.bffUrl}/apps/review/graphql?${search.toString()}`, {
      headers: { 'apollo-require-preflight': '1' },
      from: 'same-origin',
    });
    expect(JSON.parse(got.body)).toMatchObject({ data: { viewer: { login: 'mira' } } });
    expect(lines('http.request').at(-1)).toMatchObject({
      route: '/apps/:name/graphql',
      tool: 'review',
      operation: 'Who',
    });
  });

  it('is refused what is on no list, also under a listed name, and introspection too', async () => {
    const forged = BY_HAND.replace('ByHand', 'Who');
    for (const query of [BY_HAND, forged, 'query Who { __schema { queryType { name } } }']) {
      const { status, code, error } = await ask('/apps/review/graphql', { query, operationName: 'Who' });
      expect([status, code]).toEqual([400, 'DOCUMENT_UNKNOWN']);
      expect(error?.extensions.details).toEqual({ tool: 'review', operation: 'Who' });
    }
    expect((await ask('/graphql', { query: BY_HAND })).code).toBe('DOCUMENT_UNKNOWN');
    expect((await ask('/graphql', { query: WHO })).data).toEqual({ viewer: { login: 'mira' } });
    expect((await ask('/apps/none/graphql', { query: WHO })).code).toBe('NOT_FOUND');
  });

  it('has the list of its origin where it is elsewhere, whatever address it asks at', async () => {
    const headers = { origin: 'http://localhost:5999', 'sec-fetch-site': 'same-site' };
    expect((await ask('/graphql', { query: BY_HAND }, headers)).data).toEqual({
      viewer: { displayName: 'Mira Okafor' },
    });
    expect((await ask('/apps/review/graphql', { query: WHO }, headers)).code).toBe('DOCUMENT_UNKNOWN');
    const atItsName = await ask('/apps/other/graphql', { query: BY_HAND }, headers);
    expect(atItsName.data).toEqual({ viewer: { displayName: 'Mira Okafor' } });
    expect(atItsName.headers.get('access-control-allow-origin')).toBe('http://localhost:5999');
    const preflight = await fetch(`${studio.bffUrl}/apps/other/graphql`, { method: 'OPTIONS', headers });
    expect([preflight.status, preflight.headers.get('access-control-allow-methods')]).toEqual([
      204,
      'GET, POST',
    ]);
    expect((await ask('/apps/other/graphql', { query: BY_HAND })).code).toBe('NOT_FOUND');
  });

  it('is the client of its token, and sends the text of its file as it is', async () => {
    const authorization = `Bearer ${await pipelineToken(studio.issuer, 'mira')}`;
    const askAs = async (query: string) => {
      const headers = { 'content-type': 'application/json', authorization };
      const answer = await fetch(`${studio.bffUrl}/graphql`, {
        method: 'POST',
        headers,
        body: JSON.stringify({ query }),
      });
      return (await answer.json()) as {
        data?: object;
        extensions?: { plan: object };
        errors?: { extensions: { code: string } }[];
      };
    };
    expect(await askAs(NIGHTLY)).toMatchObject({
      data: { viewer: { login: 'mira' } },
      extensions: { plan: { tool: 'nightly', operation: 'Nightly' } },
    });
    expect((await askAs(WHO)).errors?.[0]?.extensions.code).toBe('DOCUMENT_UNKNOWN');
  });

  it('may ask anything from the explorer in development, which says so', async () => {
    const free = await ask('/graphql', { query: BY_HAND }, { 'x-shotgraph-explorer': '1' });
    expect(free.data).toEqual({ viewer: { displayName: 'Mira Okafor' } });
    expect(free.headers.get('x-shotgraph-documents')).toBe('unlisted');
  });

  it('needs a fresh sign-in for an operation that is marked: nothing is done without, and one sign-in is enough', async () => {
    const [id] = studio.mirasVersionIds;
    const rename = { query: RENAME, variables: { id } };
    await studio.forgetSiteRequests();
    const refused = await ask('/apps/review/graphql', rename);
    expect([refused.status, refused.code]).toEqual([403, 'STEP_UP']);
    expect(await studio.siteRequests()).toEqual([]);
    const loginUrl = String(refused.error?.extensions.details?.['loginUrl']);
    const form = await mira.get(`${loginUrl}&returnTo=%2F`);
    expect(form.url).toContain('/interaction/');
    await mira.post(form.url, { form: { login: 'mira' } });
    expect((await ask('/apps/review/graphql', rename)).data).toEqual({ updateVersion: { id } });
    const trail = await readFile(`${files.folder}/audit.jsonl`, 'utf8');
    expect(trail).toMatch(/"action":"change".*"tool":"review","operation":"Rename"/u);
  });

  it('works with the persisted queries of Apollo Client, whose texts never leave the browser', async () => {
    const sent: string[] = [];
    const cookie = [...mira.cookies(`${studio.bffUrl}/graphql`)]
      .map(([name, value]) => `${name}=${value}`)
      .join('; ');
    const http = new HttpLink({
      uri: `${studio.bffUrl}/apps/review/graphql`,
      headers: { cookie, origin: studio.bffUrl, 'sec-fetch-site': 'same-origin' },
      fetch: (uri, init) => {
        sent.push(JSON.stringify(init));
        return fetch(uri, init);
      },
    });
    const persisted = new PersistedQueryLink({ sha256: (text) => sha256(text, 'hex') });
    const client = new ApolloClient({ link: ApolloLink.from([persisted, http]), cache: new InMemoryCache() });
    const { data } = await client.query({ query: gql(VERSIONS), variables: { first: 1 } });
    expect(data).toMatchObject({ versions: { nodes: [{ __typename: 'Version' }] } });
    expect(sent.join()).not.toContain('nodes');
    client.stop();
  });
});
