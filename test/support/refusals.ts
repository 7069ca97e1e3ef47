import type { ErrorCode } from '../../src/base/errors.ts';

/** A request as it goes out; `null` takes a header away. */
export interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string | null>>;
  readonly body?: string;
}

export interface Refused {
  readonly what: string;
  readonly status: number;
  readonly sent: Sent;
}

export const WRITES = (id: number): string =>
  `keep updateVersion(id: ${id}, input: { description: "refused" }) { id }`;
export const json = (query: string, more: object = {}): string => JSON.stringify({ query, ...more });
const LISTS = 'playlists { code versions { playlists { code versions { code } } } }';

/** Refusals of a whole request: by code, with each way to get it. */
export const refusals = (id: number): Readonly<Partial<Record<ErrorCode, readonly Refused[]>>> => {
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
    PERSISTED_QUERY_NOT_FOUND: [
      { ...body('an id that no list has', JSON.stringify({ documentId: 'x' })), status: 200 },
    ],
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
        status: 200,
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
      {
        what: 'an id that is not that of the text',
        status: 400,
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
export const OTHERS: readonly (readonly [RegExp, string])[] = [
  [/^(AMI|LAUNCH|LAUNCHES)_|^IDENTITY_MISMATCH$/u, 'A launch is no request for GraphQL.'],
  [
    /^(LOGIN|LOGOUT|IDP|COOKIES)_|^(AMBIGUOUS_USER|CLAIM_MISSING|MAPPING_CHANGED|ADMIN_SUDO_BLOCKED)$/u,
    SIGN_IN,
  ],
  [/^(SYSTEM_|STEP_UP)/u, 'Another system said it, about its own field.'],
  [/^(UPSTREAM|UPLOAD|OWN_ACCOUNT|SHOTGUN)_|^(FORBIDDEN|IMPERSONATION_REFUSED)$/u, OF_ONE_FIELD],
  [/^(RETURN_TO|SIGN_IN_LOOP)$/u, SIGN_IN],
  [/^DOCUMENT_UNKNOWN$/u, 'Only where documents are listed: see named-operations.'],
  [/^OTHER_SITE$/u, 'A front end of another site has no session: see front-end-elsewhere.'],
  [/^(NO_SHOTGUN_USER|USER_INACTIVE)$/u, OF_ONE_FIELD],
  [/^RATE_LIMITED$/u, 'Looked at by itself below: whoever is limited stays so.'],
  [/^(UNAVAILABLE|INTERNAL)$/u, 'A part of the server fails; nobody is refused.'],
  [/^CLIENT_LEFT$/u, 'There is nobody to be refused any more.'],
];
