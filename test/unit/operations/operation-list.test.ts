import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha256 } from '../../../src/base/digest.ts';
import { AT_ONCE } from '../../../src/operations/in-slices.ts';
import { OperationListError } from '../../../src/operations/list-error.ts';
import { readOperationList } from '../../../src/operations/operation-list.ts';
import { CHECK, type Files, mapOf, temporaryFiles } from '../../support/operation-lists.ts';

let files: Files;
beforeEach(async () => {
  files = await temporaryFiles();
});
afterEach(() => files.remove());

const read = (path: string) => readOperationList(path, 'apps.review.operations', CHECK);
const problemsOf = (path: string): Promise<readonly string[]> =>
  read(path).then(
    () => [],
    (error: unknown) => {
      if (error instanceof OperationListError) return error.problems;
      throw error;
    },
  );

const ROOM = `# The versions that wait for review,
# newest first.
query Room($first: Int!, $note: String = "") {
  versions(first: $first) { ...Card }
}
`;
const CARD = 'fragment Card on Version { id code }\n';
const WHOLE = 'query Whole { versions(first: 1) { id } }';

describe('a folder of operations', () => {
  it('gives each operation its name, the comment above it, typed variables and the fragments of other files', async () => {
    await files.write('room/room.graphql', ROOM.replace(', $note: String = ""', ''));
    await files.write('card.gql', CARD);
    await files.write('README.md', 'no operation');
    const { operations } = await read(files.folder);
    expect(operations).toHaveLength(1);
    const [room] = operations;
    expect(room).toMatchObject({
      name: 'Room',
      kind: 'query',
      description: 'The versions that wait for review, newest first.',
      variables: [{ name: 'first', type: 'Int!', isRequired: true }],
      place: { line: 3 },
    });
    expect(room?.text).toContain('fragment Card on Version');
    expect(room?.id).toBe(sha256(room?.text ?? '', 'hex'));
  });

  it('also lists a complete file as it is written, for scripts that send the file', async () => {
    const text = `${WHOLE}\n# the end\n`;
    await files.write('whole.graphql', text);
    await files.write('card.graphql', CARD);
    const { documents } = await read(files.folder);
    expect(documents.map(({ id, operations }) => [id, operations.map(({ name }) => name)])).toContainEqual([
      sha256(text, 'hex'),
      ['Whole'],
    ]);
  });

  it('refuses a document that does not fit the schema, with file, line and nearest name', async () => {
    await files.write('room.graphql', 'query Room {\n  versions(first: 1) {\n    sgStatusLst\n  }\n}\n');
    expect(await problemsOf(files.folder)).toEqual([
      expect.stringMatching(
        /room\.graphql:3: Cannot query field "sgStatusLst".*Did you mean "sgStatusList"\?$/u,
      ),
    ]);
  });

  it.each([
    ['fragments alone', { 'card.graphql': CARD }, /holds no operation/u],
    ['nothing', { 'README.md': 'x' }, /holds no operation/u],
    [
      'an operation without a name',
      { 'a.graphql': '{ versions(first: 1) { id } }' },
      /a\.graphql:1: the query has no name/u,
    ],
    ['a text that is no GraphQL', { 'a.graphql': 'query A {\n' }, /a\.graphql:2: Syntax Error/u],
    ['a schema', { 'a.graphql': `${WHOLE} type A { a: Int }` }, /a definition of a schema/u],
    [
      'one name twice',
      { 'a.graphql': WHOLE, 'b.graphql': `\n${WHOLE} # another` },
      /b\.graphql:2: the operation Whole is also in .*a\.graphql:1/u,
    ],
    [
      'one fragment twice',
      { 'a.graphql': CARD, 'b.graphql': `${CARD}query A { versions(first: 1) { ...Card } }` },
      /the fragment Card is also in/u,
    ],
    [
      'a fragment that is nowhere',
      { 'a.graphql': 'query A { versions(first: 1) { ...Nowhere } }' },
      /a\.graphql:1: Unknown fragment "Nowhere"/u,
    ],
  ])('refuses %s', async (_what, content, problem) => {
    for (const [name, text] of Object.entries(content)) await files.write(name, text ?? '');
    expect((await problemsOf(files.folder)).join('\n')).toMatch(problem);
  });

  it('takes 2,000 files, and refuses a folder that holds more than a tool has', async () => {
    const fileOf = (index: number): Promise<string> =>
      files.write(`${index}.graphql`, `query Q${index} { versions(first: ${index}) { id } }`);
    await Promise.all(Array.from({ length: 2000 }, (_, index) => fileOf(index)));
    expect((await read(files.folder)).operations).toHaveLength(2000);
    await Promise.all(Array.from({ length: 3001 }, (_, index) => fileOf(2000 + index)));
    expect((await problemsOf(files.folder)).join()).toMatch(/more than 5000 documents/u);
  });

  it('refuses a folder that is not there', async () => {
    expect((await problemsOf(`${files.folder}/none`)).join()).toMatch(
      /cannot be read \(ENOENT\)\. Build the tool/u,
    );
  });
});

describe('a manifest', () => {
  const apollo = (text: string, changes: object = {}) => ({
    format: 'apollo-persisted-query-manifest',
    version: 1,
    operations: [{ id: sha256(text, 'hex'), name: 'Whole', type: 'query', body: text }],
    ...changes,
  });

  it('is that of Apollo, version 1', async () => {
    const path = await files.write('manifest.json', apollo(WHOLE));
    const { operations, documents } = await read(path);
    expect(operations).toMatchObject([{ name: 'Whole', id: sha256(WHOLE, 'hex'), place: { line: 6 } }]);
    expect(documents).toMatchObject([
      { id: sha256(WHOLE, 'hex'), text: WHOLE, operations: [{ name: 'Whole' }] },
    ]);
  });

  it('is a map of ids to texts, with and without the prefix of client-preset', async () => {
    const bare = { [sha256(WHOLE, 'hex')]: WHOLE };
    for (const map of [mapOf(WHOLE), bare]) {
      const { operations } = await read(await files.write('documents.json', map));
      expect(operations).toMatchObject([{ name: 'Whole', id: sha256(WHOLE, 'hex'), text: WHOLE }]);
    }
  });

  it('names the operation, its line in the file and the line of its text where it does not fit', async () => {
    const wrong = 'query Wrong {\n  versions(first: 1) {\n    cod\n  }\n}';
    const path = await files.write('documents.json', mapOf(WHOLE, wrong));
    expect(await problemsOf(path)).toEqual([
      expect.stringMatching(
        /documents\.json:3: Wrong, line 3 of its text: Cannot query field "cod".*Did you mean "code"/u,
      ),
    ]);
  });

  it('of 2,000 texts lets other work run while it is loaded', async () => {
    const texts = Array.from({ length: 2000 }, (_, at) => `query Q${at} { versions(first: ${at}) { id } }`);
    const path = await files.write('documents.json', mapOf(...texts));
    let turns = 0;
    let isReading = true;
    const turn = (): void => {
      turns += 1;
      if (isReading) setImmediate(turn);
    };
    turn();
    expect((await read(path)).operations).toHaveLength(2000);
    isReading = false;
    // Parsed, put together, checked and given a shape: each twenty documents at a time.
    expect(turns).toBeGreaterThan((4 * 2000) / AT_ONCE - 5);
  });

  it.each([
    ['half a file', '{"a": ', /is not JSON/u],
    ['another JSON', '[1]', /neither a manifest of Apollo/u],
    ['a map of other things', { a: 1 }, /neither a manifest of Apollo/u],
    ['another version', apollo(WHOLE, { version: 2 }), /version is not 1/u],
    ['another format', apollo(WHOLE, { format: 'x' }), /format/u],
    ['a text without an operation', mapOf(CARD), /has one operation, and this has 0/u],
    ['a text with two', mapOf(`${WHOLE} query B { version(id: 1) { id } }`), /and this has 2/u],
    ['a map without anything', {}, /holds no operation/u],
    [
      'ids of another kind, with the option of client-preset',
      { [sha256('x', 'hex').slice(0, 40)]: WHOLE },
      /:2: the id ".*" is not the SHA-256 of its text\. Set persistedDocuments: \{ hashAlgorithm: "sha256" \}/u,
    ],
    [
      'ids of another kind, with the option of Apollo',
      apollo(WHOLE, { operations: [{ id: 'Whole', name: 'Whole', type: 'query', body: WHOLE }] }),
      /is not the SHA-256 of its text\. Leave createOperationId out/u,
    ],
  ])('is refused for %s', async (_what, content, problem) => {
    expect((await problemsOf(await files.write('m.json', content))).join('\n')).toMatch(problem);
  });
});
