import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ROOT } from '../rules/source-files.ts';
import { BrowserClient } from '../support/browser-client.ts';
import { freePort } from '../support/free-port.ts';
import { type Library, LIBRARY_SDL, startLibrary } from '../support/library.ts';
import { type GraphqlAnswer, LIBRARY_AUDIENCE, startStudio, type Studio } from '../support/studio.ts';

/** The settings of docs/recipes/remote-graphql.md, at another address. */
async function config(address: string, ...[from = '', to = '']: readonly string[]): Promise<string> {
  const recipe = await readFile(join(ROOT, 'docs/recipes/remote-graphql.md'), 'utf8');
  const yaml = /```yaml\n(?<yaml>[\s\S]*?)```/u.exec(recipe)?.groups?.['yaml'] ?? '';
  const systems = yaml
    .replace('https://library.studio.example/api', address)
    .replace('audience: https://library.studio.example', `audience: ${LIBRARY_AUDIENCE}`)
    .replace(from, to);
  return `amis:
  review: { secrets: ['\${SHOTGRAPH_AMI_SECRET_REVIEW}'], opens: /apps/review/ }
apps:
  review: { directory: . }
${systems}`;
}

/** A system with a GraphQL API of its own is merged in as it is, and read as the person. */
describe('a footage library that speaks GraphQL', () => {
  let folder: string;
  let studio: Studio;
  let library: Library;
  let port: number;
  let audit: string;
  const browsers = new Map<string, BrowserClient>();
  const start = () => startLibrary({ port, issuer: studio.issuer, audience: LIBRARY_AUDIENCE });
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'shotgraph-library-'));
    audit = join(folder, 'audit.jsonl');
    port = await freePort();
    await writeFile(join(folder, 'library.graphql'), LIBRARY_SDL);
    await writeFile(join(folder, 'shotgraph.yml'), await config(`http://127.0.0.1:${port}/api`));
    studio = await startStudio({
      SHOTGRAPH_CONFIG: join(folder, 'shotgraph.yml'),
      SHOTGRAPH_AUDIT: audit,
    });
    library = await start();
    for (const login of ['mira', 'joao']) {
      const browser = new BrowserClient();
      const page = await browser.get(`${studio.bffUrl}/auth/login`);
      await browser.post(page.url, { form: { login } });
      browsers.set(login, browser);
    }
  });
  afterAll(async () => {
    await studio.stop();
    await library.close();
    await rm(folder, { recursive: true });
  });
  beforeEach(() => void library.asked.splice(0));

  const ask = (
    login: string,
    query: string,
    variables: Record<string, unknown> = {},
  ): Promise<GraphqlAnswer> => studio.ask(browsers.get(login)!, query, { variables });
  const codesOf = ({ errors = [] }: GraphqlAnswer) =>
    errors.map(({ path, extensions }) => [path?.join('.'), extensions.code]);

  it('is queried together with ShotGrid, in one call, as the person of the request', async () => {
    for (const login of ['mira', 'joao']) {
      library.asked.length = 0;
      const { data, errors } = await ask(
        login,
        '{ viewer { login } versions(first: 1) { nodes { code } } libraryMe libraryItems { id name } }',
      );
      expect(errors).toBeUndefined();
      expect(data).toMatchObject({
        viewer: { login },
        versions: { nodes: [{ code: expect.any(String) }] },
        libraryMe: login,
        libraryItems: [
          { id: 'p1', name: 'Rain' },
          { id: 't1', name: 'Wet stone' },
        ],
      });
      expect(library.asked.map(({ person }) => person)).toEqual([login]);
    }
  });

  it('supports all of GraphQL: variables, inputs, enums, interfaces, unions, fragments, aliases', async () => {
    const query = `query Look($filter: LibraryFilter, $text: String!, $skip: Boolean!) {
      stones: libraryItems(filter: $filter) { ...Named ... on LibraryTexture { widthPixels madeFrom { fps } } }
      plates: libraryItems(filter: { kind: PLATE }, first: 1) { __typename kind }
      libraryFind(text: $text) { __typename ... on LibraryPlate { fps } ... on LibraryItem { called: name } }
      libraryLastScan
      libraryMe @skip(if: $skip)
    }
    fragment Named on LibraryItem { id name }`;
    const variables = { filter: { kind: 'TEXTURE', names: ['Wet stone'] }, text: 'Rain', skip: true };
    const answers: GraphqlAnswer[] = [];
    for (let time = 0; time < 3; time += 1) answers.push(await ask('mira', query, variables));
    expect(answers[0]).toEqual({
      data: {
        stones: [{ id: 't1', name: 'Wet stone', widthPixels: 8192, madeFrom: { fps: 23.976 } }],
        plates: [{ __typename: 'LibraryPlate', kind: 'PLATE' }],
        libraryFind: [{ __typename: 'LibraryPlate', fps: 23.976, called: 'Rain' }],
        libraryLastScan: '2026-11-20T08:00:00Z',
      },
      extensions: expect.anything(),
    });
    expect(answers.map(({ data }) => data)).toEqual(Array.from({ length: 3 }, () => answers[0]?.data));
    expect(library.asked).toHaveLength(3);
  });

  it('is changed as the person, and the audit trail records it', async () => {
    const RENAME = 'mutation Rename($id: ID!) { libraryRename(id: $id, name: "canary-name") { name } }';
    const { data } = await ask('joao', RENAME, { id: 't1' });
    expect(data).toEqual({ libraryRename: { name: 'canary-name' } });
    expect(codesOf(await ask('joao', RENAME, { id: 'nope' }))).toEqual([['libraryRename', 'NOT_FOUND']]);
    let trail = '';
    // Records follow the answers that they tell of.
    while (!trail.includes('"code":"NOT_FOUND"')) trail = await readFile(audit, 'utf8');
    const changes = trail
      .split('\n')
      .filter((line) => line.includes('libraryRename'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(changes).toMatchObject([
      { login: 'joao', outcome: 'done' },
      { login: 'joao', outcome: 'failed', code: 'NOT_FOUND' },
    ]);
    expect(trail).not.toContain('canary-name');
  });

  it('reports the place and the kind of a failure, and not its text', async () => {
    const answer = await ask('mira', '{ viewer { login } librarySecret libraryBroken libraryMe }');
    expect(answer.data).toEqual({
      viewer: { login: 'mira' },
      librarySecret: null,
      libraryBroken: null,
      libraryMe: null,
    });
    // Its own answer is gone as a whole: one of its fields must not be null.
    expect(codesOf(answer).toSorted()).toContainEqual(['libraryBroken', 'SYSTEM_BROKEN']);
    const partly = await ask('mira', '{ librarySecret libraryMe }');
    expect(partly.data).toEqual({ librarySecret: null, libraryMe: 'mira' });
    expect(codesOf(partly)).toEqual([['librarySecret', 'FORBIDDEN']]);
    expect(partly.errors?.[0]?.message).toContain('Another system of the studio does not allow this');
    expect(JSON.stringify([answer, partly])).not.toContain('canary');
  });

  it('fails only its own fields while it is away', async () => {
    await library.close();
    const answer = await ask('mira', '{ viewer { login } libraryMe libraryItems { id } }');
    expect(answer.data).toEqual({ viewer: { login: 'mira' }, libraryMe: null, libraryItems: null });
    expect(codesOf(answer)).toEqual([
      ['libraryMe', 'SYSTEM_UNAVAILABLE'],
      ['libraryItems', 'SYSTEM_UNAVAILABLE'],
    ]);
    library = await start();
    expect((await ask('mira', '{ libraryMe }')).data).toEqual({ libraryMe: 'mira' });
  });

  it.each([
    ['takes names that are there', 'path: /graphql', 'prefix: Version', 'VersionFilter is there already'],
    ['has no file', 'library.graphql', 'nowhere.graphql', 'nowhere.graphql cannot be read'],
    ['has no path', 'path: /graphql', 'path: graphql', 'systems.library.graphql.path: must begin with /'],
    ['has nothing to add', 'graphql: {', 'connector: # {', 'systems.library'],
  ])('is refused at the start where it %s', async (...[, from, to, message]) => {
    const file = join(folder, 'other.yml');
    await writeFile(file, await config('http://127.0.0.1:9', from, to));
    await expect(startStudio({ SHOTGRAPH_CONFIG: file })).rejects.toThrow(message);
  });
});
