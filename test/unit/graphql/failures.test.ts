import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../src/base/errors.ts';
import { bridgeRows } from '../../support/bridge-rows.ts';
import { createGraphqlWorld, type GraphqlWorld } from '../../support/graphql-world.ts';

const SECRET = 'canary-Bearer-eyJhbGciOi at db.internal.example:5432';

describe('answers when something fails', () => {
  let world: GraphqlWorld;
  beforeEach(async () => {
    world = await createGraphqlWorld({ rows: bridgeRows() });
    // Each level is a search of its own, so that one can fail alone.
    world.site.readsPaths = false;
  });
  afterEach(() => world.close());

  it('mask unexpected errors: code and request id for the client, the error without its text for the log (F14)', async () => {
    world.site.before = () => {
      throw new Error(SECRET, { cause: { token: SECRET } });
    };
    const answer = await world.ask('{ version(id: 900) { code } }', { requestId: 'request-77' });
    expect(answer.data).toEqual({ version: null });
    expect(answer.errors).toEqual([
      {
        message: 'Something unexpected happened. Tell an administrator the request id.',
        locations: [{ line: 1, column: 3 }],
        path: ['version'],
        extensions: { code: 'INTERNAL', requestId: 'request-77' },
      },
    ]);
    const line = world.log.find((text) => text.includes('graphql.error'));
    expect(JSON.parse(line ?? '{}')).toMatchObject({ level: 'error', requestId: 'request-77' });
    expect(`${answer.text}${world.log.join('')}`).not.toContain('canary');
  });

  it('contain our own error with its code, details and request id, and log it at the level of the table', async () => {
    world.site.before = () => {
      throw new AppError('UPSTREAM_TIMEOUT', {
        details: { upstreamErrorId: 'abc' },
        cause: new Error(SECRET),
      });
    };
    const { errors, text } = await world.ask('{ version(id: 900) { code } }');
    expect(errors[0]?.extensions).toEqual({
      code: 'UPSTREAM_TIMEOUT',
      details: { upstreamErrorId: 'abc' },
      requestId: 'request-1',
    });
    expect(text).not.toContain('canary');
    expect(world.log.map((line) => JSON.parse(line) as unknown)).toEqual([
      expect.objectContaining({
        ...{ level: 'info', event: 'graphql.error', requestId: 'request-1' },
        ...{ code: 'UPSTREAM_TIMEOUT', upstreamErrorId: 'abc' },
      }),
    ]);
    expect(world.log.join('')).not.toContain('canary');
  });

  it('cause one log line for each code, upstream and operation, with the count of the errors', async () => {
    world.site.before = ({ type }) => {
      const operation = type === 'Version' ? 'search' : 'summarize';
      throw new AppError('UPSTREAM_UNAVAILABLE', { operation });
    };
    await world.ask('{ a: version(id: 1) { code } b: version(id: 2) { code } c: shot(id: 1) { code } }');
    const lines = world.log.map((text) => JSON.parse(text) as { operation: string; count?: number });
    expect(lines.map(({ operation, count }) => [operation, count])).toEqual([
      ['search', 2],
      ['summarize', undefined],
    ]);
  });

  it('keep the results of other calls, with one error at its path (F15)', async () => {
    world.site.before = ({ type }) => {
      if (type === 'Playlist') throw new AppError('UPSTREAM_UNAVAILABLE');
    };
    const { data, errors } = await world.ask(
      '{ version(id: 900) { code } playlist(id: 500) { code } shot(id: 100) { code } }',
    );
    expect(data).toEqual({ version: { code: 'comp_v1' }, playlist: null, shot: { code: 'br_010' } });
    expect(errors.map(({ path, extensions }) => [path, extensions.code])).toEqual([
      [['playlist'], 'UPSTREAM_UNAVAILABLE'],
    ]);
  });

  it('keep a page with a failed level below it, with the values of the links (F15)', async () => {
    world.site.before = ({ type }) => {
      if (type === 'Task') throw new AppError('UPSTREAM_UNAVAILABLE');
    };
    const { data, errors } = await world.ask(
      '{ version(id: 900) { code user { name ... on HumanUser { login } } sgTask { name content } } }',
    );
    expect(data.version).toEqual({
      code: 'comp_v1',
      user: { name: 'Mira', login: 'mira' },
      sgTask: { name: 'comp', content: null },
    });
    expect(errors.map(({ path, extensions }) => [path, extensions.code])).toEqual([
      [['version', 'sgTask', 'content'], 'UPSTREAM_UNAVAILABLE'],
    ]);
  });

  it('have ten errors at most, even if more rows fail', async () => {
    world.site.rows['Version'] = bridgeRows(40)['Version'] ?? [];
    world.site.before = ({ type }) => {
      if (type === 'Task') throw new AppError('UPSTREAM_UNAVAILABLE');
    };
    const { data, errors } = await world.ask('{ versions(first: 40) { nodes { code sgTask { content } } } }');
    expect(data.versions.nodes).toHaveLength(40);
    expect(errors).toHaveLength(10);
    // One trouble is one line.
    expect(world.log).toHaveLength(1);
  });

  it('report a value that a scalar cannot hold as an error of the server, not of the client', async () => {
    world.site.rows['Version'] = [{ id: 900, frame_count: 2 ** 40 }];
    const { data, codes } = await world.ask('{ version(id: 900) { id frameCount } }');
    expect(data).toEqual({ version: { id: 900, frameCount: null } });
    expect(codes).toEqual(['UPSTREAM_BROKEN']);
  });

  it('report a wrong variable with its path and value', async () => {
    const document = 'mutation($input: TaskUpdateInput!) { updateTask(id: 300, input: $input) { id } }';
    const answer = await world.ask(document, { variables: { input: { dueDate: '2026-02-30' } } });
    expect([answer.status, answer.codes]).toEqual([400, ['BAD_USER_INPUT']]);
    expect(answer.errors[0]?.message).toMatch(/"2026-02-30" at "input\.dueDate"/u);
    expect(world.site.calls).toEqual([]);
  });

  it.each<[string, string, unknown]>([
    ['2^31', 'query($v: Int!) { version(id: $v) { id } }', 2 ** 31],
    ['half an id', 'query($v: Int!) { version(id: $v) { id } }', 1.5],
    [
      'an unknown operator',
      'query($v: VersionFilter) { versions(filter: $v) { nodes { id } } }',
      { code: { like: 'x' } },
    ],
    [
      'an operator of another data type',
      'query($v: VersionFilter) { versions(filter: $v) { nodes { id } } }',
      { frameCount: { contains: '1' } },
    ],
    [
      'a moment that does not exist',
      'query($v: VersionFilter) { versions(filter: $v) { nodes { id } } }',
      { createdAt: { is: '2026-09-02T25:00:00Z' } },
    ],
    [
      'a moment without a zone',
      'query($v: VersionFilter) { versions(filter: $v) { nodes { id } } }',
      { createdAt: { is: '2026-09-02T15:00:00' } },
    ],
    [
      'a field that is the site’s own',
      'mutation($v: VersionUpdateInput!) { updateVersion(id: 1, input: $v) { id } }',
      { createdAt: '2026-09-02T15:00:00Z' },
    ],
    [
      'a bare list of links in a change',
      'mutation($v: VersionUpdateInput!) { updateVersion(id: 1, input: $v) { id } }',
      { playlists: [{ type: 'Playlist', id: 1 }] },
    ],
    [
      'a new one without its project',
      'mutation($v: VersionCreateInput!) { createVersion(input: $v) { id } }',
      { code: 'x' },
    ],
  ])('refuse %s before any call', async (_, document, v) => {
    const answer = await world.ask(document, { variables: { v } });
    expect([answer.status, answer.codes]).toEqual([400, ['BAD_USER_INPUT']]);
    expect(world.site.calls).toEqual([]);
  });

  it('are never kept by a cache, refused or not', async () => {
    for (const document of ['{ viewer { login } }', '{ helo }', '{ version(id: 1) { id } }']) {
      expect((await world.ask(document)).headers.get('cache-control')).toBe('no-store');
    }
  });
});
