import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ERROR_TABLE, type ErrorCode } from '../../src/base/errors.ts';
import { BrowserClient } from '../support/browser-client.ts';
import { countEvents } from '../support/event-log.ts';
import { startStudio, type Studio } from '../support/studio.ts';

/** A request as it goes out; `null` takes a header away. */
interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string | null>>;
  readonly body?: string;
}

interface Refused {
  readonly what: string;
  readonly status: number;
  readonly sent: Sent;
}

const CONNECTOR = `export const connector = {
  typeDefs: 'extend type Mutation { keep: String }',
  mutations: { keep: (args, { system }) => system.send('POST', '/kept', {}) },
};`;
const WRITES = (id: number): string =>
  `keep updateVersion(id: ${id}, input: { description: "refused" }) { id }`;
const json = (query: string, more: object = {}): string => JSON.stringify({ query, ...more });
const LISTS = 'playlists { code versions { playlists { code versions { code } } } }';

/** Refusals of a whole request: by code, with each way to get it. */
const refusals = (id: number): Readonly<Partial<Record<ErrorCode, readonly Refused[]>>> => {
  const good = json(`mutation { ${WRITES(id)} }`);
  const accept = (value: string): Refused => ({
    what: `Accept: ${value}`,
    status: 406,
    sent: { body: good, headers: { accept: value } },
  });
  const type = (value: string | null): Refused => ({
    what: `Content-Type: ${value}`,
    status: 415,
    sent: { body: good, headers: { 'content-type': value } },
  });
  const body = (what: string, text: string): Refused => ({ what, status: 400, sent: { body: text } });
  const get = (what: string, query: string, headers: Sent['headers'] = {}): Refused => ({
    what,
    status: 400,
    sent: { method: 'GET', path: `/graphql?${query}`, headers: { 'content-type': null, ...headers } },
  });
  const preflight = { 'apollo-require-preflight': '1' };
  const document = encodeURIComponent(`mutation { ${WRITES(id)} }`);
  return {
    UNAUTHENTICATED: [
      { what: 'nobody is signed in', status: 401, sent: { body: good, headers: { cookie: null } } },
      {
        what: 'the session is not known',
        status: 401,
        sent: { body: good, headers: { cookie: '__Host-sid=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' } },
      },
    ],
    CSRF_REJECTED: [
      {
        what: 'a page of another site',
        status: 403,
        sent: { body: good, headers: { 'sec-fetch-site': 'cross-site' } },
      },
      {
        what: 'neither an origin nor Fetch Metadata',
        status: 403,
        sent: { body: good, headers: { 'sec-fetch-site': null } },
      },
    ],
    NOT_FOUND: [{ what: 'another address', status: 404, sent: { body: good, path: '/graphql/' } }],
    METHOD_NOT_ALLOWED: [{ what: 'PUT', status: 405, sent: { body: good, method: 'PUT' } }],
    NOT_ACCEPTABLE: [
      'text/html',
      'text/event-stream',
      'application/xml, image/*',
      'application/json;q=0',
      '*/*;q=0',
      'application/json; charset=latin1',
      'multipart/mixed',
      'application/graphql-response+json;q=0.0, text/plain',
    ].map(accept),
    BAD_USER_INPUT: [
      body(
        'a wrong variable',
        json(`mutation($id: Int!) { ${WRITES(id)} other: updateVersion(id: $id, input: {}) { id } }`, {
          variables: { id: 'x' },
        }),
      ),
      {
        what: 'the launch of nobody',
        status: 400,
        sent: { body: good, headers: { 'x-shotgraph-launch': 'AAAAAAAAAAAAAAAAAAAAAA' } },
      },
    ],
    BAD_REQUEST: [
      body('half a body', good.slice(0, -2)),
      body('no document', '{}'),
      body('a list of requests', `[${good}]`),
      body('a document that is no text', JSON.stringify({ query: { kind: 'Document' } })),
      body('variables as a text', json(`mutation { ${WRITES(id)} }`, { variables: '{}' })),
      body('variables as a list', json(`mutation { ${WRITES(id)} }`, { variables: [] })),
      body('extensions as a text', json(`mutation { ${WRITES(id)} }`, { extensions: 'x' })),
      body('a name that is no text', json(`mutation { ${WRITES(id)} }`, { operationName: 1 })),
      body('a name that no operation has', json(`mutation A { ${WRITES(id)} }`, { operationName: 'B' })),
      body('two operations and no name', json(`mutation A { ${WRITES(id)} } mutation B { keep }`)),
      // Apollo's own answer, which its clients know.
      {
        what: 'a persisted query',
        status: 200,
        sent: {
          body: json(`mutation { ${WRITES(id)} }`, {
            extensions: { persistedQuery: { version: 1, sha256Hash: 'x' } },
          }),
        },
      },
      { ...get('a mutation by GET', `query=${document}`, preflight), status: 405 },
      get('a GET that any page could send', `query=${document}`),
      get('a document twice', `query=${document}&query=${document}`, preflight),
      get('variables that are no JSON', `query=${document}&variables=x`, preflight),
      {
        what: 'a cookie and a bearer token',
        status: 400,
        sent: { body: good, headers: { authorization: 'Bearer x' } },
      },
    ],
    UNSUPPORTED_MEDIA_TYPE: [
      ...[null, 'text/plain', 'application/x-www-form-urlencoded', 'application/graphql'].map(type),
      ...['multipart/form-data; boundary=x', 'application/json; charset=utf-7', ';;;'].map(type),
      {
        what: 'a packing that nobody knows',
        status: 415,
        sent: { body: good, headers: { 'content-encoding': 'zstd-x' } },
      },
    ],
    TOO_LARGE: [
      {
        what: 'a body of two megabytes',
        status: 413,
        sent: { body: json(`mutation { ${WRITES(id)} } #${'x'.repeat(2e6)}`) },
      },
    ],
    MISDIRECTED: [
      { what: 'another host', status: 421, sent: { body: good, headers: { host: 'evil.example' } } },
    ],
    GRAPHQL_PARSE_FAILED: [
      body('a document that does not end', json(`mutation { ${WRITES(id)}`)),
      body('too many words', json(`mutation { ${WRITES(id)} ${'a '.repeat(6000)} }`)),
    ],
    GRAPHQL_VALIDATION_FAILED: [
      body('a field that is not there', json(`mutation { ${WRITES(id)} noSuchField }`)),
      body(
        'too many writes',
        json(`mutation { ${WRITES(id)} ${[...Array(10).keys()].map((n) => `a${n}: keep`).join(' ')} }`),
      ),
      body(
        'too many aliases',
        json(
          `mutation { ${WRITES(id)} deleteVersion(id: ${id}) { ${[...Array(60).keys()].map((n) => `a${n}: id`).join(' ')} } }`,
        ),
      ),
      body(
        'too deep',
        json(
          `mutation { ${WRITES(id)} a: updateVersion(id: ${id}, input: {}) { ${'entity { ... on Shot { versions { '.repeat(7)} id ${'} } }'.repeat(7)} } }`,
        ),
      ),
    ],
    PLAN_TOO_LARGE: [
      {
        what: 'a selection that costs too much',
        status: 200,
        sent: {
          body: json(`mutation { updateVersion(id: ${id}, input: { description: "refused" }) { ${LISTS} } }`),
        },
      },
    ],
  };
};

const OF_ONE_FIELD = 'It is about one field, whose write was refused or tried: see the tests of outcomes.';
const SIGN_IN = 'It ends a sign-in; there is no session yet.';
/** Codes that refuse no request for GraphQL as a whole: the beginnings of their names, and why. */
const OTHERS: readonly (readonly [RegExp, string])[] = [
  [/^(AMI|LAUNCH)_|^IDENTITY_MISMATCH$/u, 'A launch is no request for GraphQL.'],
  [/^(LOGIN|LOGOUT|IDP|COOKIES)_|^(AMBIGUOUS_USER|MAPPING_CHANGED|ADMIN_SUDO_BLOCKED)$/u, SIGN_IN],
  [/^(SYSTEM_|STEP_UP)/u, 'Another system said it, about its own field.'],
  [/^(UPSTREAM|UPLOAD|OWN_ACCOUNT|SHOTGUN)_|^(FORBIDDEN|IMPERSONATION_REFUSED)$/u, OF_ONE_FIELD],
  [/^(NO_SHOTGUN_USER|USER_INACTIVE)$/u, OF_ONE_FIELD],
  [/^RATE_LIMITED$/u, 'Looked at by itself below: whoever is limited stays so.'],
  [/^(UNAVAILABLE|INTERNAL)$/u, 'A part of the server fails; nobody is refused.'],
];

describe('A request that is refused', () => {
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
  }, 60_000);
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
    const [answer] = (await once(outgoing, 'response')) as [import('node:http').IncomingMessage];
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
  it.each(cases)('%s (%s) has done nothing, and says its request id', async (code, _what, index) => {
    const refused = refusals(id)[code]?.[index];
    const before = await countEvents(studio.siteUrl);
    const { status, body } = await send(refused?.sent ?? {});
    const said = body.error ?? body.errors?.[0]?.extensions;
    expect([status, said?.code]).toEqual([refused?.status, code]);
    expect(said?.requestId).toMatch(/^[\w-]{8,}$/u);
    expect(await writes()).toEqual([]);
    expect([kept, await countEvents(studio.siteUrl)]).toEqual([0, before]);
  });

  it('because its person asks too often has done nothing either', async () => {
    const own = await signIn('joao');
    const ask = (query: string) => send({ body: json(query), headers: { cookie: own } });
    let status: number | undefined = 200;
    for (let count = 0; status === 200 && count < 1000; count += 50) {
      // oxlint-disable-next-line no-await-in-loop -- until it is enough
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
  ])('for no reason is carried out: Accept %s', async (accept) => {
    const { status, body } = await send({ body: json(`mutation { ${WRITES(id)} }`), headers: { accept } });
    expect([status, body.errors, body.data]).toEqual([
      200,
      undefined,
      { keep: 'kept', updateVersion: { id } },
    ]);
    expect([kept, (await writes()).length]).toEqual([1, 1]);
  });

  it('has a code of the table: each has a way here, or a reason why it refuses no request', () => {
    const known = new Set(Object.keys(refusals(0)));
    const unknown = Object.keys(ERROR_TABLE).filter(
      (code) => !known.has(code) && !OTHERS.some(([names]) => names.test(code)),
    );
    expect(unknown).toEqual([]);
  });
});
