import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ERROR_TABLE, type ErrorCode } from '../../src/base/errors.ts';
import { BrowserClient } from '../support/browser-client.ts';
import { countEvents } from '../support/event-log.ts';
import { json, OTHERS, refusals, type Sent, WRITES } from '../support/refusals.ts';
import { startStudio, type Studio } from '../support/studio.ts';

const CONNECTOR = `export const connector = {
  typeDefs: 'extend type Mutation { keep: String }',
  mutations: { keep: (args, { system }) => system.send('POST', '/kept', {}) },
};`;
describe('a request that is refused', () => {
  let folder: string;
  let studio: Studio;
  let system: Server;
  let kept = 0;
  let cookie: string;
  let id: number;
  beforeAll(async () => {
    system = createServer((_request, response) => {
      kept += 1;
      response.setHeader('content-type', 'application/json').end('"kept"');
    }).listen(0, '127.0.0.1');
    await once(system, 'listening');
    folder = await mkdtemp(join(tmpdir(), 'shotgraph-refused-'));
    await writeFile(join(folder, 'keeper.js'), CONNECTOR);
    await writeFile(
      join(folder, 'shotgraph.yml'),
      `amis:
  review: { secrets: ['\${SHOTGRAPH_AMI_SECRET_REVIEW}'], opens: /apps/review/ }
apps:
  review: { directory: . }
systems:
  keeper: { connector: keeper.js, baseUrl: 'http://127.0.0.1:${(system.address() as AddressInfo).port}', token: { way: forward } }
`,
    );
    studio = await startStudio({
      SHOTGRAPH_CONFIG: join(folder, 'shotgraph.yml'),
      SHOTGRAPH_PLAN_MAX_SEARCHES: '3',
    });
    id = studio.mirasVersionIds[0] ?? 0;
    cookie = await signIn('mira');
  });
  afterAll(async () => {
    await studio.stop();
    system.close();
    await rm(folder, { recursive: true });
  });
  beforeEach(async () => {
    kept = 0;
    await studio.forgetSiteRequests();
  });

  const signIn = async (login: string): Promise<string> => {
    const browser = new BrowserClient();
    const page = await browser.get(`${studio.bffUrl}/auth/login`);
    await browser.post(page.url, { form: { login } });
    return `__Host-sid=${browser.cookies(studio.bffUrl).get('__Host-sid')}`;
  };

  const send = async ({ method = 'POST', path = '/graphql', headers = {}, body }: Sent) => {
    const all: Record<string, string | null> = {
      cookie,
      'content-type': 'application/json',
      'sec-fetch-site': 'same-origin',
      ...headers,
    };
    const given = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== null);
    const outgoing = httpRequest(`${studio.bffUrl}${path}`, { method, headers: Object.fromEntries(given) });
    outgoing.end(body);
    const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
    let text = '';
    for await (const part of answer.setEncoding('utf8')) text += String(part);
    return { status: answer.statusCode, body: JSON.parse(text) as Answer };
  };
  interface Answer {
    readonly errors?: readonly { extensions: { code: string; requestId?: string } }[];
    readonly error?: { code: string; requestId?: string };
    readonly data?: Record<string, unknown> | null;
  }

  const writes = async () =>
    (await studio.siteRequests()).filter(
      ({ method, path }) => method !== 'GET' && !/\/auth\/|\/_search|\/_summarize/u.test(path),
    );

  const cases = Object.entries(refusals(0)).flatMap(([code, ways]) =>
    ways.map(({ what }, index) => [code as ErrorCode, what, index] as const),
  );
  it.each(cases)('%s (%s) has done nothing, and returns its request id', async (code, _what, index) => {
    const refused = refusals(id)[code]?.[index];
    const before = await countEvents(studio.siteUrl);
    const { status, body } = await send(refused?.sent ?? {});
    const said = body.error ?? body.errors?.[0]?.extensions;
    expect([status, said?.code]).toEqual([refused?.status, code]);
    expect(said?.requestId).toMatch(/^[\w-]{8,}$/u);
    expect(await writes()).toEqual([]);
    expect([kept, await countEvents(studio.siteUrl)]).toEqual([0, before]);
  });

  it('by the rate limit of its person has done nothing either', async () => {
    const own = await signIn('joao');
    const ask = (query: string) => send({ body: json(query), headers: { cookie: own } });
    let status: number | undefined = 200;
    for (let count = 0; status === 200 && count < 1000; count += 50) {
      // Until it is enough.
      const answers = await Promise.all(Array.from({ length: 50 }, () => ask('{ viewer { login } }')));
      status = answers.find((answer) => answer.status !== 200)?.status ?? 200;
    }

    await studio.forgetSiteRequests();
    const { status: refusedStatus, body } = await ask(`mutation { ${WRITES(id)} }`);
    expect([refusedStatus, body.errors?.[0]?.extensions.code]).toEqual([429, 'RATE_LIMITED']);
    expect(body.errors?.[0]?.extensions.requestId).toBeDefined();
    expect([await writes(), kept]).toEqual([[], 0]);
  });

  it.each([
    null,
    '',
    '*/*',
    'application/*',
    'application/json',
    'application/json; charset=utf-8',
    'application/json; charset="UTF-8"',
    'application/graphql-response+json',
    'application/graphql-response+json; charset=utf-8, application/json; charset=utf-8',
    'text/html, */*;q=0.1',
    'application/graphql-response+json;q=0.2, application/json;q=0.1, text/html',
  ])('does not include one with Accept %s, which is carried out', async (accept) => {
    const { status, body } = await send({ body: json(`mutation { ${WRITES(id)} }`), headers: { accept } });
    expect([status, body.errors, body.data]).toEqual([
      200,
      undefined,
      { keep: 'kept', updateVersion: { id } },
    ]);
    expect([kept, (await writes()).length]).toEqual([1, 1]);
  });

  it('has a code of the table: each code has a case here, or a reason why it refuses no request', () => {
    const known = new Set(Object.keys(refusals(0)));
    const unknown = Object.keys(ERROR_TABLE).filter(
      (code) => !known.has(code) && !OTHERS.some(([names]) => names.test(code)),
    );
    expect(unknown).toEqual([]);
  });
});
