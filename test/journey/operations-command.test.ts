import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CliStudio, startCliStudio } from '../support/cli-studio.ts';
import { type Files, temporaryFiles } from '../support/operation-lists.ts';

const ROOM = `# Versions that wait,
# with who made them.
query Room($ids: [Int!]!, $first: Int = 5) {
  versions(first: $first, filter: { id: { in: $ids } }) {
    nodes { code sgTask { content } user { ... on ApiUser { description } } }
  }
}
`;
const deep = (depth: number): string =>
  depth === 0 ? '{ id code }' : `{ id code versions { id code playlists ${deep(depth - 1)} } }`;

/** A site whose role for artists does not see `Version.sg_task`: ShotGrid leaves its key out of the rows (API 3.1). */
async function hiding(siteUrl: string): Promise<Server> {
  const server = createServer((request, response) => void forward(siteUrl, request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

async function forward(siteUrl: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { host: _host, 'content-length': _length, connection: _connection, ...headers } = request.headers;
  const body = request.method === 'GET' ? undefined : await text(request);
  const answer = await fetch(`${siteUrl}${request.url}`, {
    method: request.method ?? 'GET',
    headers: Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]),
    ...(body !== undefined && { body }),
  });
  const told = await answer.text();
  const isSearch = request.url?.endsWith('/_search') === true;
  response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
  response.end(isSearch ? JSON.stringify(JSON.parse(told), withoutTask) : told);
}

const withoutTask = (key: string, value: unknown): unknown => (key === 'sg_task' ? undefined : value);

/** Somebody looks at what tools ask, at the shell. */
describe('operations of tools at the shell', () => {
  let studio: CliStudio;
  let files: Files;
  let site: Server;
  let environment: Record<string, string>;
  beforeAll(async () => {
    files = await temporaryFiles();
    await files.write('index.html', '<!doctype html>');
    await files.write('review/room.graphql', ROOM);
    await files.write('review/who.graphql', 'query Who { viewer { login } }\n');
    await files.write('nightly/who.graphql', 'query Who { viewer { email } }\n');
    const config = await files.write(
      'shotgraph.yml',
      `amis: { review: { secrets: ['\${SHOTGRAPH_AMI_SECRET_REVIEW}'], opens: /apps/review/ } }
apps: { review: { directory: ., operations: review } }
tools: { nightly: { operations: nightly } }
`,
    );
    environment = { SHOTGRAPH_CONFIG: config };
    studio = await startCliStudio();
    site = await hiding(studio.siteUrl);
  });
  afterAll(async () => {
    await new Promise((resolve) => site.close(resolve));
    await studio.stop();
    await files.remove();
  });
  const run = (args: readonly string[], more: Record<string, string> = {}) =>
    studio.run(args, { ...environment, ...more });

  it('are listed with their tool, comment, waves, calls, size and line', async () => {
    const { code, said } = await run(['operations']);
    expect(code).toBe(0);
    expect(said).toContain('review (apps.review, documents: any), 2 operations');
    expect(said).toMatch(
      /Room +query +1 +1 +\d{3} .*review\/room\.graphql:3\n {4}Versions that wait, with who/u,
    );
    expect(said).toMatch(/nightly \(tools\.nightly, documents: any\), 1 operations/u);
    const json = JSON.parse((await run(['operations', '--tool', 'review', '--json'])).said) as {
      operations: object[];
    };
    expect(json.operations).toHaveLength(2);
    expect(json.operations[0]).toMatchObject({
      ...{ tool: 'review', operation: 'Room', kind: 'query', line: 3, waves: 1, calls: 1, errors: [] },
      description: 'Versions that wait, with who made them.',
      variables: [
        { name: 'ids', isRequired: true },
        { name: 'first', isRequired: false },
      ],
    });
  });

  it('are told with the types and fields that the role of a person hides, and without a word on rows', async () => {
    const { port } = site.address() as AddressInfo;
    const behind = { SHOTGRAPH_SITE_URL: `http://127.0.0.1:${port}` };
    const { code, said } = await run(['operations', '--person', 'mira'], behind);
    expect([code, said]).toEqual([0, expect.stringContaining('Hidden by ShotGrid from mira (artist):')]);
    expect(said).toMatch(/^ {2}ApiUser: review Room$/mu);
    expect(said).toMatch(/^ {2}Version\.sg_task: review Room$/mu);
    expect(said).toMatch(/nothing is promised here\.$/u);
    const nobody = await run(['operations', '--person', 'nobody-at-all'], behind);
    expect(nobody).toMatchObject({
      code: 3,
      said: expect.stringMatching(/as nobody-at-all: NO_SHOTGUN_USER/u),
    });
  });

  it('are explained by name, with the tool where two have one, and the nearest name where none has', async () => {
    const { code, said } = await run(['explain', 'Room']);
    expect(code).toBe(0);
    expect(said).toMatch(/^1 wave, 1 call\nwave 1\n {2}search Version/u);
    expect(said).toMatch(/with sample values for \$ids; --variables gives others$/u);
    expect(await run(['explain', 'Who'])).toMatchObject({
      code: 2,
      said: expect.stringContaining('add --tool review or --tool nightly'),
    });
    expect((await run(['explain', 'Who', '--tool', 'nightly'])).code).toBe(0);
    expect((await run(['explain', 'Rom'])).said).toContain('Did you mean Room?');
    expect((await run(['explain', 'Room', '--tool', 'nightli'])).said).toContain('Did you mean nightly?');
    expect(await run(['explain', 'none.graphql'])).toMatchObject({
      code: 2,
      said: expect.stringMatching(/read/u),
    });
  });

  it.each([
    ['operations', '--tool', 'nightly'],
    ['explain', 'Who', '--tool', 'nightly'],
  ])('with a mistake are told with file and line, and no trace of the program: %s', async (...args) => {
    await files.write('nightly/broken.graphql', 'query Broken { viewer { login }\n');
    const { code, said } = await run(args);
    await files.write('nightly/broken.graphql', 'query Mended { viewer { login } }\n');
    expect([code, said]).toEqual([
      1,
      expect.stringMatching(/tools\.nightly\.operations: .*broken\.graphql:2: /u),
    ]);
    expect(said).not.toMatch(/^ +at /mu);
  });

  it('that nobody may run are found by config check: too many searches, too many selections', async () => {
    await files.write('nightly/wide.graphql', `query Wide {\n  playlist(id: 1) ${deep(6)}\n}\n`);
    const few = { SHOTGRAPH_PLAN_MAX_SEARCHES: '4', SHOTGRAPH_PLAN_MAX_SEARCHES_BY_ROLE: 'Manager=5' };
    const wide = await run(['config', 'check'], few);
    expect(wide.code).toBe(1);
    expect(wide.said).toMatch(
      /tools\.nightly\.operations: .*wide\.graphql:1: nobody may ask Wide: This needs \d+ searches of ShotGrid, more than the 5 /u,
    );
    const listed = await run(['operations', '--tool', 'nightly'], few);
    expect([listed.code, listed.said]).toEqual([1, expect.stringMatching(/Wide +query +- +-/u)]);
    expect((await run(['config', 'check'])).code).toBe(0);
    const doubling = Array.from(
      { length: 14 },
      (_, at) => `fragment A${at} on Query { ...A${at + 1} ...A${at + 1} }`,
    ).join('\n');
    await files.write(
      'nightly/wide.graphql',
      `query Wide { ...A0 }\n${doubling}\nfragment A14 on Query { __typename }\n`,
    );
    expect((await run(['config', 'check'])).said).toMatch(
      /wide\.graphql:1: The document selects too much\./u,
    );
  });
});
