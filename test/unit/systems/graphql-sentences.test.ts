import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildSchema, graphql } from 'graphql';
import type { RefusalPlaces } from '../../../src/config/config.ts';
import { appErrorOf } from '../../../src/graphql/answer/errors.ts';
import { withRemotes } from '../../../src/graphql/systems/remote-schemas.ts';
import { loadSystemParts } from '../../../src/systems/load-system-parts.ts';
import { createSystemClient } from '../../../src/systems/system-client.ts';

const OWN = buildSchema('type Query { shot: Int }');
const TOKEN = 'token/of-mira-0123456789';
const PLACES: RefusalPlaces = { message: 'message', path: 'extensions.field', code: 'extensions.code' };

describe('What the errors of a merged GraphQL API say', () => {
  let folder: string;
  let answer = '';
  const server = createServer((_, response) =>
    response.setHeader('content-type', 'application/json').end(answer),
  );
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'shotgraph-sentences-'));
    await writeFile(join(folder, 'reels.graphql'), 'type Query { lock: Int }');
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(async () => {
    server.close();
    server.closeAllConnections();
    await rm(folder, { recursive: true });
  });

  /** The error that the person gets for this error of the API. */
  const told = async (error: object | string, refusal: RefusalPlaces | null = PLACES) => {
    const given = typeof error === 'string' ? error : JSON.stringify({ path: ['lock'], ...error });
    answer = `{"data":{"lock":null},"errors":[${given}]}`;
    const schema = join(folder, 'reels.graphql');
    const remote = { schema, path: '/graphql', prefix: 'Reels', ...(refusal && { refusal }) };
    const { remotes } = await loadSystemParts({
      systems: [{ name: 'reels', connector: null, graphql: remote }],
    });
    const { signal } = new AbortController();
    const system = createSystemClient({
      config: {
        name: 'reels',
        baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        timeoutMs: 5000,
      },
      credentials: async () => ({ headers: { authorization: `Bearer ${TOKEN}` } }),
      requestId: 'request-1',
      signal,
    });
    const { data, errors = [] } = await graphql({
      schema: withRemotes(OWN, remotes),
      source: '{ reelsLock }',
      contextValue: { signal, systems: () => ({ system }) },
    });
    expect({ ...data }).toEqual({ reelsLock: null });
    const [{ code, message, details }] = errors.map(appErrorOf) as [ReturnType<typeof appErrorOf>];
    return { code, message, details };
  };
  const error = (message: unknown, code?: unknown, field?: unknown) => ({
    message,
    extensions: { ...(code !== undefined && { code }), ...(field !== undefined && { field }) },
  });

  it('reaches the person from the places of the settings, as text of one line', async () => {
    expect(await told(error('Week is\nlocked.', 'WEEK_LOCKED', 'week'))).toEqual({
      code: 'SYSTEM_REJECTED',
      message: 'Week is locked.',
      details: { system: 'reels', says: 'Week is locked.', path: 'week', systemCode: 'WEEK_LOCKED' },
    });
    expect(await told(error('Not your show.', 'FORBIDDEN'))).toMatchObject({
      code: 'FORBIDDEN',
      message: 'Not your show.',
    });
    const elsewhere = { message: 'extensions.problem.text', path: null, code: null };
    const nested = { message: 'x', extensions: { code: 'A', problem: { text: 'A day has 24 hours.' } } };
    expect(await told(nested, elsewhere)).toMatchObject({ message: 'A day has 24 hours.' });
  });

  it.each<[string, object | string, (RefusalPlaces | null)?]>([
    ['without a place in the settings', error('a secret', 'WEEK_LOCKED'), null],
    ['without a code: it may be any failure', error('a secret')],
    ['of a failure within the system', error('a secret', 'INTERNAL_SERVER_ERROR')],
    ['of a failure in another word', error('a secret', 'DataFetchingException')],
    ['of a token that is not accepted', error('a secret', 'UNAUTHENTICATED')],
    ['about the document', error('a secret', 'GRAPHQL_VALIDATION_FAILED')],
    ['with markup', error('<b>a secret</b>', 'WEEK_LOCKED')],
    ['that is no text', error({ text: 'a secret' }, 'WEEK_LOCKED')],
    ['that quotes the token', error(`a secret ${TOKEN}`, 'WEEK_LOCKED')],
    [
      'that quotes the token with its slashes escaped',
      JSON.stringify({ path: ['lock'], ...error(`a secret ${TOKEN}`, 'WEEK_LOCKED') }).replaceAll('/', '\\/'),
    ],
    [
      'that quotes the token with letters that nobody sees',
      error(`a secret ${TOKEN.replace('-', '-\u200B')}`, 'WEEK_LOCKED'),
    ],
    [
      'beside what is nested too deep to be looked through',
      `{"path":["lock"],"message":"a secret","extensions":{"code":"A","more":${'['.repeat(1e5)}${']'.repeat(1e5)}}}`,
    ],
  ])('is not shown %s', async (_, given, places = PLACES) => {
    const shown = await told(given, places);
    expect(shown.details).not.toHaveProperty('says');
    expect(JSON.stringify(shown)).not.toContain('a secret');
    expect(shown.message).not.toBe('');
  });
});
