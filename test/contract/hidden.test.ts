import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GraphQLObjectType, isObjectType, printSchema } from 'graphql';
import { buildGraphqlSchema } from '../../src/graphql/build-schema.ts';
import { exposeSchema } from '../../src/site/expose.ts';
import { parseExposure } from '../../src/site/exposure.ts';
import { parseSiteSchema } from '../../src/site/parse-site-schema.ts';
import { demoDataset } from '../../studio/site/demo/dataset.ts';
import { updateRecord } from '../../src/shotgun/calls/write.ts';
import { type SiteWorld, startSiteWorld } from '../support/site-world.ts';
import { createTestShotgun, login } from '../support/test-shotgun.ts';

const dataset = demoDataset();
const site = parseSiteSchema(dataset.entityTypes, dataset.fields);

function schemaWith(exposure: string) {
  const exposed = exposeSchema(site, parseExposure(exposure, 'expose.yml'));
  const limits = { maxFirst: 1000, maxBatch: 200, siteUrl: 'https://studio.example' };
  return { exposed, schema: buildGraphqlSchema({ exposed, ...limits }) };
}

const hide = (type: string, field?: string): string =>
  field === undefined
    ? `types: { ${type}: { hide: true } }`
    : `types: { ${type}: { fields: { ${field}: { hide: true } } } }`;
const close = (type: string, field?: string): string =>
  hide(type, field).replace('hide: true', 'readOnly: true');

const linesWith = (text: string, what: RegExp): string[] =>
  text.split('\n').filter((line) => what.test(line));

/**
 * Everything in the graph that is no field, list or write of one type: what takes it away, or that it is tried below
 * with rows. A new one without a line here fails.
 */
const SPECIAL: Readonly<Record<string, readonly string[] | 'tried'>> = {
  'Playlist.orderedVersions': [hide('Playlist', 'versions'), hide('Version'), hide('Playlist')],
  'Mutation.orderPlaylist': [
    hide('Playlist', 'versions'),
    hide('Version'),
    close('Playlist', 'versions'),
    close('Playlist'),
    'types: { PlaylistVersionConnection: { hide: false, readOnly: true } }',
  ],
  'Note.thread': [hide('Note')],
  'Query.followers': [hide('HumanUser')],
  'Query.activity': 'tried',
  'Query.entity': 'tried',
  'Query.fieldInfo': 'tried',
  'Query.search': 'tried',
  'Mutation.batch': 'tried',
  'Mutation.follow': 'tried',
  'Mutation.unfollow': 'tried',
  'Mutation.removeImage': 'tried',
  'Mutation.requestUpload': 'tried',
};
/** Tell of the person or the launch, and of rows as links do; or go on with what was begun by those above. */
const OF_NO_TYPE =
  /^(?:Query\.(?:viewer|launch|node)|Mutation\.(?:requestUploadParts|completeUpload|cancelUpload))$/u;

describe('What expose.yml hides or closes', () => {
  const open = schemaWith('types: {}');

  function specialFields(): string[] {
    const types = [...open.exposed.types.values()];
    const usual = new Set(
      types.flatMap(({ graphqlName, rootFields, fields }) => [
        ...Object.values(rootFields).map((name) => `Query.${name}`),
        ...['create', 'update', 'delete', 'revive'].map((kind) => `Mutation.${kind}${graphqlName}`),
        ...['id', 'nodeId', 'type', 'name', ...[...fields.values()].map((field) => field.graphqlName)].map(
          (name) => `${graphqlName}.${name}`,
        ),
      ]),
    );
    const owners = ['Query', 'Mutation', ...types.map(({ graphqlName }) => graphqlName)];
    return owners
      .flatMap((owner) =>
        Object.keys((open.schema.getType(owner) as GraphQLObjectType).getFields()).map(
          (name) => `${owner}.${name}`,
        ),
      )
      .filter((place) => !usual.has(place) && !OF_NO_TYPE.test(place));
  }

  it('has a rule for each special field and mutation of the graph', () => {
    expect(specialFields().sort()).toEqual(Object.keys(SPECIAL).sort());
  });

  it('removes special fields and mutations together with the fields that they show or write', () => {
    const kept: string[] = [];
    for (const [place, exposures] of Object.entries(SPECIAL)) {
      if (exposures === 'tried') continue;
      const [owner = '', name = ''] = place.split('.');
      for (const exposure of exposures) {
        const type = schemaWith(exposure).schema.getType(owner);
        if (isObjectType(type) && type.getFields()[name] !== undefined) kept.push(`${place}: ${exposure}`);
      }
    }
    expect(kept).toEqual([]);
  });

  it('is not named anywhere in the graph, in descriptions and errors either', () => {
    const text = printSchema(
      schemaWith(
        `types: { PublishedFile: { hide: true }, Version: { fields: { sg_path_to_frames: { hide: true } } } }`,
      ).schema,
    );
    expect(linesWith(text, /\bPublishedFiles?\b/u)).toEqual([]);
    expect(linesWith(text, /sgPathToFrames|SG_PATH_TO_FRAMES|sg_path_to_frames/u)).toEqual([]);
  });
});

const EXPOSURE = `types:
  PublishedFile: { hide: true }
  Reply: { hide: true }
  Shot: { readOnly: true }
  Attachment: { readOnly: true }
  Version:
    fields:
      description: { hide: true }
      sg_status_list: { hide: true }
      image: { readOnly: true }
      entity: { hide: true }
`;

describe('With fields hidden and types closed', () => {
  let world: SiteWorld;
  let version: number;
  const errorOf = async (document: string) => {
    const { errors } = await world.ask(document);
    expect(await world.takeCalls()).toEqual([]);
    return [errors[0]?.extensions.code, errors[0]?.extensions.details];
  };
  beforeAll(async () => {
    world = await startSiteWorld({}, { exposure: EXPOSURE });
    const { data } = await world.ask(
      '{ versions(first: 1, filter: { project: { is: { type: "Project", id: 2 } } }) { nodes { id } } }',
    );
    version = data.versions.nodes[0].id as number;
    const { shotgun, close: stop } = createTestShotgun(world.siteUrl);
    const joao = shotgun.as(login('joao'));
    for (const values of [{ description: 'the secret plan' }, { frame_count: 77 }])
      // Two events, in order.
      await joao.call(updateRecord('Version', version, values));
    await stop();
    await world.takeCalls();
  });
  afterAll(() => world.close());

  it('events reveal nothing of hidden fields, and the same as before of others', async () => {
    const { data, text } = await world.ask(
      `{ eventLogEntries(first: 50, sort: [{ field: ID, direction: DESC }], filter: { entity: { is: { type: "Version", id: ${version} } } }) {
        nodes { eventType attributeName meta description } } }`,
    );
    const [frames, hidden] = data.eventLogEntries.nodes as Record<string, unknown>[];
    expect(hidden).toEqual({
      eventType: 'Shotgun_Version_Change',
      attributeName: null,
      meta: null,
      description: null,
    });
    expect(frames).toMatchObject({ attributeName: 'frame_count', meta: { new_value: 77 } });
    expect(text).not.toContain('secret plan');
  });

  it.each(['description', 'meta', 'attributeName', 'cachedDisplayName', 'name'])(
    'events with only %s selected reveal nothing either',
    async (field) => {
      const { data, text } = await world.ask(
        `{ eventLogEntries(first: 2, sort: [{ field: ID, direction: DESC }], filter: { entity: { is: { type: "Version", id: ${version} } } }) { nodes { ${field} } } }`,
      );
      expect(data.eventLogEntries.nodes[1][field]).toBeNull();
      expect(data.eventLogEntries.nodes[0][field]).not.toBeNull();
      expect(text).not.toContain('secret plan');
    },
  );

  it('no search by the changed field finds an event of a hidden field, in whatever form', async () => {
    const found = async (filter: string): Promise<number> => {
      const { data, errors } = await world.ask(
        `{ eventLogEntries(first: 50, filter: { entity: { is: { type: "Version", id: ${version} } }, ${filter} }) { totalCount nodes { attributeName } } }`,
      );
      expect(errors).toEqual([]);
      const { nodes, totalCount } = data.eventLogEntries as {
        nodes: { attributeName: string }[];
        totalCount: number;
      };
      expect(nodes.filter(({ attributeName }) => attributeName === null)).toEqual([]);
      return totalCount;
    };
    const shown = await found('attributeName: { isNull: false }');
    expect(shown).toBeGreaterThan(0);
    for (const [filter, count] of [
      ['attributeName: { is: "description" }', 0],
      ['attributeName: { in: ["description", "frame_count"] }', 1],
      ['attributeName: { startsWith: "desc" }', 0],
      ['or: [{ attributeName: { contains: "descr" } }, { id: { is: 2147483647 } }]', 0],
      ['attributeName: { isNot: "frame_count", isNull: false }', shown - 1],
    ] as const) {
      expect([filter, await found(filter)]).toEqual([filter, count]);
    }
  });

  it('activity reveals nothing of hidden fields, and the same as before of others', async () => {
    const { data, text } = await world.ask(
      `{ activity(entity: { type: "Version", id: ${version} }, first: 2) { kind meta } }`,
    );
    expect(data.activity[0].meta).toMatchObject({ attribute_name: 'frame_count' });
    expect(data.activity[1]).toEqual({ kind: 'update', meta: null });
    expect(text).not.toContain('secret plan');
  });

  it('nobody can search, sort or group events by their sentence', async () => {
    await world.takeCalls();
    for (const query of [
      '{ eventLogEntries(filter: { description: { contains: "secret" } }) { nodes { id } } }',
      '{ eventLogEntries(filter: { cachedDisplayName: { contains: "secret" } }) { nodes { id } } }',
      '{ eventLogEntries(sort: [{ field: DESCRIPTION }]) { nodes { id } } }',
      '{ eventLogEntries(sort: [{ field: CACHED_DISPLAY_NAME }]) { nodes { id } } }',
      '{ summarizeEventLogEntries(summaries: [{ field: ID, type: COUNT }], grouping: [{ field: DESCRIPTION }]) { name } }',
      '{ summarizeEventLogEntries(summaries: [{ field: ID, type: COUNT }], grouping: [{ field: ATTRIBUTE_NAME }]) { name } }',
    ]) {
      expect((await world.ask(query)).codes[0]).toBe('GRAPHQL_VALIDATION_FAILED');
    }
  });

  it('a search shows no hidden status, and no row that a hidden link leads to', async () => {
    const { data } = await world.ask(
      '{ search(text: "v001", types: ["Version"]) { name status linked { name } } }',
    );
    expect(data.search.length).toBeGreaterThan(0);
    for (const hit of data.search) expect(hit).toMatchObject({ status: null, linked: null });
  });

  it.each([
    'follow(entity: { type: "Shot", id: 1 }) { id }',
    'unfollow(entity: { type: "Shot", id: 1 }) { id }',
    'requestUpload(entity: { type: "Shot", id: 1 }, fileName: "a.txt", sizeBytes: 1) { id }',
    'requestUpload(entity: { type: "Shot", id: 1 }, field: "image", fileName: "a.png", sizeBytes: 1) { id }',
    'requestUpload(entity: { type: "Version", id: 1 }, fileName: "a.txt", sizeBytes: 1) { id }',
    'follow(entity: { type: "PublishedFile", id: 1 }) { id }',
    'unfollow(entity: { type: "PublishedFile", id: 1 }) { id }',
    'requestUpload(entity: { type: "PublishedFile", id: 1 }, fileName: "a.txt", sizeBytes: 1) { id }',
    'removeImage(entity: { type: "PublishedFile", id: 1 }) { id }',
  ])('refuses %s before any call', async (mutation) => {
    await world.takeCalls();
    expect(await errorOf(`mutation { ${mutation} }`)).toMatchObject([
      'BAD_USER_INPUT',
      { path: 'entity.type' },
    ]);
  });

  it.each([
    'removeImage(entity: { type: "Version", id: 1 }) { id }',
    'requestUpload(entity: { type: "Version", id: 1 }, field: "image", fileName: "a.png", sizeBytes: 1) { id }',
  ])('refuses %s of a closed field before any call', async (mutation) => {
    await world.takeCalls();
    expect(await errorOf(`mutation { ${mutation} }`)).toMatchObject(['BAD_USER_INPUT', { path: 'field' }]);
  });

  it.each([
    ['{ entity(type: "PublishedFile", id: 1) { id } }', 'type'],
    ['{ activity(entity: { type: "PublishedFile", id: 1 }) { id } }', 'entity.type'],
    ['{ followers(entity: { type: "PublishedFile", id: 1 }) { id } }', 'entity.type'],
    ['{ fieldInfo(type: "PublishedFile", field: "code") { name } }', 'type'],
    ['{ fieldInfo(type: "Version", field: "description") { name } }', 'field'],
    ['{ search(text: "a", types: ["PublishedFile"]) { name } }', 'types.0'],
  ])('refuses %s before any call', async (query, path) => {
    await world.takeCalls();
    expect(await errorOf(query)).toMatchObject(['BAD_USER_INPUT', { path }]);
  });

  it('a batch has no operation on closed or hidden types', async () => {
    for (const operation of [
      'deleteShot: 1',
      'createPublishedFile: {}',
      'updateVersion: { id: 1, input: { description: "x" } }',
    ]) {
      const { codes } = await world.ask(`mutation { batch(operations: [{ ${operation} }]) { id } }`);
      expect(codes[0]).toBe('GRAPHQL_VALIDATION_FAILED');
    }
  });

  it('a refusal of a link names no hidden type as a legal one', async () => {
    const { errors, text } = await world.ask(
      'mutation { createNote(input: { project: { type: "Project", id: 1 }, noteLinks: [{ type: "Nope", id: 1 }] }) { id } }',
    );
    expect(errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
    expect(text).not.toContain('PublishedFile');
  });

  it("a note's thread leaves out replies, whose type is hidden", async () => {
    const { data } = await world.ask('{ notes(first: 100) { nodes { thread { type } } } }');
    const types = (data.notes.nodes as { thread: { type: string }[] }[]).flatMap(({ thread }) =>
      thread.map(({ type }) => type),
    );
    expect(types).toContain('Note');
    expect(types).not.toContain('Reply');
  });
});
