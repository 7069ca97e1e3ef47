import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BrowserClient } from '../support/browser-client.ts';
import { startStudio, type Studio } from '../support/studio.ts';

/** What every object has by birth, or looks as if it had. */
const INHERITED = [
  ...['__proto__', 'constructor', 'toString', 'valueOf', 'hasOwnProperty', 'isPrototypeOf'],
  ...['__defineGetter__', '__lookupSetter__', 'prototype'],
];
const ORDINARY = 'someWord';

/** The text of a request, with WORD where the word stands. */
type Asked = readonly [where: string, query: string, variables?: string, more?: string];

const PAGE = 'query ($f: VersionFilter) { versions(first: 1, filter: $f) { nodes { id } } }';
const REQUESTS: readonly Asked[] = [
  ['aliases', '{ WORD: version(id: 117) { WORD: code b: entity { WORD: name ... on Shot { c: code } } } }'],
  ['an alias of two fields', '{ WORD: version(id: 117) { code } WORD: version(id: 117) { id } }'],
  ['an alias of two that differ', '{ WORD: version(id: 117) { id } WORD: version(id: 118) { id } }'],
  ['aliases in a page', '{ WORD: versions(first: 2) { WORD: nodes { WORD: id } edges { WORD: cursor } } }'],
  ['an alias of a mutation', 'mutation { WORD: updateVersion(id: 0, input: { code: "x" }) { id } }'],
  ['an operation', 'query WORD { viewer { login } }', '{}', ', "operationName": "WORD"'],
  [
    'one of two operations',
    'query WORD { viewer { login } } query other { viewer { displayName } }',
    '{}',
    ', "operationName": "other"',
  ],
  ['an operation that is not there', 'query other { viewer { login } }', '{}', ', "operationName": "WORD"'],
  ['a fragment', '{ version(id: 117) { ...WORD } } fragment WORD on Version { code }'],
  ['a fragment that is not there', '{ version(id: 117) { ...WORD } }'],
  ['a variable', 'query ($WORD: Int!) { version(id: $WORD) { id } }', '{"WORD": 117}'],
  [
    'a variable that is left out',
    'query ($WORD: String) { versions(first: 1, after: $WORD) { nodes { id } } }',
  ],
  [
    'a variable that must be there',
    'query ($WORD: String!) { versions(first: 1, after: $WORD) { nodes { id } } }',
  ],
  ['a default', 'query ($WORD: Int = 117) { version(id: $WORD) { id } }'],
  [
    'a left-out variable in a write',
    'mutation ($WORD: String) { updateVersion(id: 117, input: { description: $WORD }) { id } }',
  ],
  ['a wrong variable', 'query ($WORD: Int!) { version(id: $WORD) { id } }', '{"WORD": {"a": 1}}'],
  ['a variable that nobody declares', '{ viewer { login } }', '{"WORD": {"WORD": 1}}'],
  ['more of a body', '{ viewer { login } }', '{}', ', "WORD": 1, "extensions": { "WORD": { "WORD": 1 } }'],
  ['a filter', PAGE, '{"f": {"WORD": {"is": 1}}}'],
  ['an operator', PAGE, '{"f": {"id": {"WORD": 1}}}'],
  ['a filter through a link', PAGE, '{"f": {"entity": {"WORD": {"is": 1}}}}'],
  ['a filter in the text', '{ versions(filter: { WORD: { is: 1 } }) { nodes { id } } }'],
  [
    'a key of an order',
    'query ($s: [VersionSort!]) { versions(sort: $s) { nodes { id } } }',
    '{"s": [{"field": "WORD"}]}',
  ],
  [
    'a link of an order',
    'query ($s: [VersionSort!]) { versions(sort: $s) { nodes { id } } }',
    '{"s": [{"WORD": {"field": "ID"}}]}',
  ],
  [
    'an input',
    'mutation ($i: VersionUpdateInput!) { updateVersion(id: 117, input: $i) { id } }',
    '{"i": {"WORD": "x"}}',
  ],
  [
    'an operation of a batch',
    'mutation ($o: [BatchOperationInput!]!) { batch(operations: $o) { id } }',
    '{"o": [{"WORD": 1}]}',
  ],
  ['a field', '{ version(id: 117) { WORD } }'],
  ['a root field', '{ WORD { id } }'],
  ['an argument', '{ version(id: 117, WORD: 1) { id } }'],
  ['a directive', '{ version(id: 117) { id @WORD } }'],
  ['a type of a fragment', '{ entity(type: "Version", id: 117) { ... on WORD { id } } }'],
  ['a type of a variable', 'query ($a: WORD) { viewer { login } }'],
  ['a type that is asked for', '{ entity(type: "WORD", id: 1) { id } }'],
  ['a type of a search', '{ search(text: "a", types: ["WORD"]) { name } }'],
  ['a type of a link', PAGE, '{"f": {"entity": {"is": {"type": "WORD", "id": 1}}}}'],
  ['a type that is looked for', PAGE, '{"f": {"entity": {"typeIs": "WORD"}}}'],
  ['a field that is described', '{ fieldInfo(type: "Version", field: "WORD") { name } }'],
  [
    'a field of a file',
    'mutation { requestUpload(entity: {type: "Version", id: 117}, field: "WORD", fileName: "a.mov", sizeBytes: 5) { id } }',
  ],
  ['an upload', 'mutation { cancelUpload(upload: "WORD") }'],
  ['a launch', '{ launch(id: "WORD") { ami } }'],
  ['a cursor', '{ versions(after: "WORD") { nodes { id } } }'],
  ['a status', '{ versions(filter: { sgStatusList: { is: "WORD" } }) { totalCount } }'],
  ['text', '{ versions(filter: { code: { contains: "WORD" } }) { totalCount } }'],
  [
    'a key of JSON to find',
    'query ($f: NoteFilter) { notes(first: 1, filter: $f) { totalCount } }',
    '{"f": {"meta": {"contains": {"WORD": 1}}}}',
  ],
  [
    'a key of JSON to find, in the text',
    '{ notes(first: 1, filter: { meta: { contains: { WORD: { WORD: 1 } } } }) { totalCount } }',
  ],
  [
    'a key of JSON to keep',
    'mutation ($i: NoteCreateInput!) { createNote(input: $i) { meta } }',
    '{"i": {"project": {"type": "Project", "id": 1}, "meta": {"WORD": {"WORD": [1]}}}}',
  ],
  [
    'a key of JSON to keep, in the text',
    'mutation { createNote(input: { project: { type: "Project", id: 1 }, meta: { WORD: { WORD: 1 } } }) { meta } }',
  ],
];

describe('a word that every object knows', () => {
  let studio: Studio;
  let cookie: string;
  beforeAll(async () => {
    studio = await startStudio();
    const browser = new BrowserClient();
    const page = await browser.get(`${studio.bffUrl}/auth/login`);
    await browser.post(page.url, { form: { login: 'mira' } });
    cookie = `__Host-sid=${browser.cookies(studio.bffUrl).get('__Host-sid')}`;
  });
  afterAll(() => studio.stop());

  /** The answer to a request with this word, and WORD again in its place. */
  const answerTo = async ([, query, variables = '{}', more = '']: Asked, word: string): Promise<unknown> => {
    const body = `{"query": ${JSON.stringify(query)}, "variables": ${variables}${more}}`;
    const answer = await fetch(`${studio.bffUrl}/graphql`, {
      method: 'POST',
      headers: { cookie, origin: studio.bffUrl, 'content-type': 'application/json' },
      body: body.replaceAll('WORD', word),
    });
    const text = (await answer.text()).replaceAll(word, 'WORD');
    const steady = text
      .replaceAll(/"(?:requestId|upstreamErrorId)":"[^"]*"/gu, '"id":""')
      // Places move with the length of the word, and what is alike is proposed in development.
      .replaceAll(/"(?:column|line)":\d+/gu, '"at":0')
      .replaceAll(/ Did you mean [^?]*\?/gu, '')
      .replaceAll(/"plan":\{.*\}(?=\})/gu, '');
    return { status: answer.status, text: steady };
  };

  it.each(REQUESTS.map((asked) => ({ what: asked[0], asked })))(
    'means nothing else as $what',
    async ({ asked }) => {
      const ordinary = await answerTo(asked, ORDINARY);
      for (const word of INHERITED) {
        // One after the other, as writes are among them.
        expect({ word, answer: await answerTo(asked, word) }).toEqual({ word, answer: ordinary });
      }
      expect(JSON.stringify(ordinary)).not.toContain('INTERNAL');
      expect(Object.keys(Object.prototype)).toEqual([]);
    },
  );
});
