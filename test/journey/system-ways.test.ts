import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createRemoteJWKSet, type JWTPayload, jwtVerify } from 'jose';
import { DEMO_PEOPLE } from '../../studio/idp/people.ts';
import { BrowserClient } from '../support/browser-client.ts';
import { pipelineToken } from '../support/pipeline-token.ts';
import {
  API_AUDIENCE,
  FARM_AUDIENCE,
  type GraphqlAnswer,
  startStudio,
  type Studio,
} from '../support/studio.ts';

const SECRET = 'an-assertion-secret-of-32-bytes-or-more';
const WAYS = {
  exchanged: `{ way: token-exchange, audience: '${FARM_AUDIENCE}' }`,
  behalf: `{ way: on-behalf-of, scope: '${FARM_AUDIENCE}/.default' }`,
  forwarded: `{ way: forward, audience: '${API_AUDIENCE}' }`,
  stated: `{ way: client-credentials, scope: jobs, assertionSecret: '${SECRET}' }`,
} as const;
type Way = keyof typeof WAYS;

interface Got {
  readonly way: string;
  readonly audience: unknown;
  readonly person: unknown;
}

/** A system that takes no token but for itself, each way from the real provider: who is it asked for? */
describe('another system is called as the person', () => {
  let folder: string;
  let service: Server;
  let studio: Studio;
  let mira: BrowserClient;
  const got: Got[] = [];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'shotgraph-ways-'));
    await writeFile(join(folder, 'package.json'), '{"type": "module"}');
    service = createServer((request, response) => void serve(request, response));
    service.listen(0, '127.0.0.1');
    await once(service, 'listening');
    const address = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
    const systems = Object.entries(WAYS).map(
      ([way, token]) => `  ${way}: { connector: ${way}.js, baseUrl: '${address}/${way}', token: ${token} }`,
    );
    for (const way of Object.keys(WAYS)) await writeFile(join(folder, `${way}.js`), connectorOf(way));
    await writeFile(
      join(folder, 'shotgraph.yml'),
      `amis: { review: { secrets: ['\${SHOTGRAPH_AMI_SECRET_REVIEW}'], opens: /apps/review/ } }
apps: { review: { directory: . } }
systems:
${systems.join('\n')}
`,
    );
    studio = await startStudio({
      SHOTGRAPH_CONFIG: join(folder, 'shotgraph.yml'),
      SHOTGRAPH_BEARER_AUDIENCE: API_AUDIENCE,
    });
    mira = new BrowserClient();
    const page = await mira.get(`${studio.bffUrl}/auth/login`);
    await mira.post(page.url, { form: { login: 'mira' } });
  });
  beforeEach(() => void got.splice(0));
  afterAll(async () => {
    await studio.stop();
    service.close();
    service.closeAllConnections();
    await rm(folder, { recursive: true });
  });

  const connectorOf = (way: string): string => `export const connector = {
    typeDefs: 'extend type Query { ${way}: String }',
    queries: { ${way}: (_args, { system }) => system.get('/me') },
  };`;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const seen = await check(request);
      got.push(seen);
      response.end(JSON.stringify(seen.person));
    } catch {
      response.writeHead(401).end();
    }
  }

  /** As a service of the studio does it, with the provider's published keys. */
  async function check(request: IncomingMessage): Promise<Got> {
    const way = request.url?.split('/')[1] ?? '';
    const keys = createRemoteJWKSet(new URL('/jwks', studio.issuer));
    const audience = way === 'forwarded' ? API_AUDIENCE : FARM_AUDIENCE;
    const token = String(request.headers.authorization).replace('Bearer ', '');
    const { payload } = await jwtVerify(token, keys, { issuer: studio.issuer, audience });
    const person = way === 'stated' ? (await statement(request)).sub : payload.sub;
    return { way, audience: payload.aud, person };
  }

  /** The token is the server's own; whom it asks for stands in a statement that it has signed. */
  async function statement(request: IncomingMessage): Promise<JWTPayload> {
    const { payload } = await jwtVerify(
      String(request.headers['x-shotgraph-person']),
      new TextEncoder().encode(SECRET),
      { issuer: studio.bffUrl, audience: `http://${request.headers.host}`, algorithms: ['HS256'] },
    );
    return payload;
  }

  const asPerson = (way: Way) => studio.ask(mira, `{ viewer { login } ${way} }`);
  const asService = async (way: Way): Promise<GraphqlAnswer> => {
    const answer = await fetch(`${studio.bffUrl}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${await pipelineToken(studio.issuer, 'mira')}`,
      },
      body: JSON.stringify({ query: `{ viewer { login } ${way} }` }),
    });
    return (await answer.json()) as GraphqlAnswer;
  };
  const SUBJECT = DEMO_PEOPLE.find(({ login }) => login === 'mira')?.subject;

  it.each<[Way, string]>([
    ['exchanged', 'by a token that was exchanged for it (RFC 8693)'],
    ['behalf', 'by a token on her behalf, as Microsoft has it'],
    ['stated', 'by the server’s own token and a signed statement'],
  ])('%s: %s', async (way) => {
    const { data, errors } = await asPerson(way);
    expect([errors, data]).toEqual([undefined, { viewer: { login: 'mira' }, [way]: SUBJECT }]);
    expect(got).toEqual([{ way, audience: FARM_AUDIENCE, person: SUBJECT }]);
  });

  it('forwarded: by the token of the request, where the system is its audience', async () => {
    const { data, errors } = await asService('forwarded');
    expect([errors, data?.['forwarded']]).toEqual([undefined, SUBJECT]);
    expect(got).toEqual([{ way: 'forwarded', audience: API_AUDIENCE, person: SUBJECT }]);
  });

  it('and never with a token for another audience: it is not even sent', async () => {
    const { data, errors } = await asPerson('forwarded');
    expect([data, errors?.map(({ extensions }) => extensions.code)]).toEqual([
      { viewer: { login: 'mira' }, forwarded: null },
      ['SYSTEM_TOKEN'],
    ]);
    expect(got).toEqual([]);
  });

  it('and never with a token that the provider does not exchange: a service’s token stays here', async () => {
    for (const way of ['exchanged', 'behalf'] as const) {
      const { data, errors } = await asService(way);
      expect([data?.['viewer'], errors?.[0]?.extensions.code]).toEqual([{ login: 'mira' }, 'SYSTEM_TOKEN']);
    }
    expect(got).toEqual([]);
  });

  it('and leaves no token in a log', () => {
    expect(studio.logLines.join('\n')).not.toMatch(/eyJ|Bearer/u);
  });
});
