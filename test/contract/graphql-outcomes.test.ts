import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PLAN } from '../support/plan-settings.ts';
import { countEvents } from '../support/event-log.ts';
import { startSiteWorld, type SiteWorld } from '../support/site-world.ts';
import { createUploader, put } from '../support/uploading.ts';

interface Fault {
  readonly body?: string;
  readonly [key: string]: unknown;
}

const HTML: { body: string; contentType: string } = {
  body: '<html>Please sign in to the network</html>',
  contentType: 'text/html',
};
const PLAYLIST = 'mutation { orderPlaylist(playlistId: $playlist, versionIds: $ids) ';

/** Whoever asks for a change has to know whether it was made: whatever fails, the answer says so, and so does the trail. */
describe('The outcome of a change', () => {
  let world: SiteWorld;
  beforeAll(async () => {
    world = await startSiteWorld({ plan: { ...PLAN, maxSearches: 12 }, maxDepth: 64 });
    // Versions of one playlist only, so that lists within lists stay short.
    const made = await ask(
      `mutation { batch(operations: [${[1, 2, 3, 4]
        .map((n) => `{ createVersion: { project: { type: "Project", id: 2 }, code: "order_${n}" } }`)
        .join(' ')}]) { id } }`,
    );
    const all: number[] = made.data.batch.map(({ id }: { id: number }) => id);
    versionIds = all.slice(1);
    const list = await ask(
      `mutation ($versions: [EntityRefInput!]) {
        createPlaylist(input: { project: { type: "Project", id: 2 }, code: "order", versions: $versions }) { id }
      }`,
      { versions: versionIds.map((id) => ({ type: 'Version', id })) },
    );
    playlistId = list.data.createPlaylist.id;
    const { data } = await ask('{ shots(first: 1) { nodes { id } } sequences(first: 1) { nodes { id } } }');
    ids = {
      $shot: data.shots.nodes[0].id,
      $sequence: data.sequences.nodes[0].id,
      $version: all[0] ?? 0,
      $playlist: playlistId,
    };
  });
  let versionIds: number[];
  let playlistId: number;
  let ids: Readonly<Record<string, number>> = {};
  afterAll(() => world.close());
  beforeEach(async () => {
    await world.takeCalls();
    world.takeSearches();
  });
  afterEach(() => world.control('DELETE', 'faults'));

  /** The tests are named before there are ids: `$shot` stands for one. */
  const withIds = (text: string): string =>
    text.replaceAll(/\$(?:shot|sequence|version|playlist)\b/gu, (name) => String(ids[name] ?? 0));
  const ask = (document: string, variables: Record<string, unknown> = {}) =>
    world.ask(withIds(document), { as: 'joao', variables });
  const fault = (
    method: string,
    path: string,
    { body, ...rest }: { body?: string; [key: string]: unknown },
  ) =>
    world.control('POST', 'faults', {
      match: { method, path: withIds(`/api/v1/entity/${path}`) },
      ...rest,
      ...(body !== undefined && { body }),
    });
  const writes = async () =>
    (await world.takeCalls()).filter(
      ({ method, path }) => method !== 'GET' && !/_search|_summarize/u.test(path),
    );
  const lastRecord = () => world.audited.at(-1);
  const FOLLOW = 'mutation { follow(entity: { type: "Shot", id: $shot }) { id } }';
  const UNFOLLOW = 'mutation { unfollow(entity: { type: "Shot", id: $shot }) { id } }';
  const UPDATE = 'mutation { updateShot(id: $shot, input: { description: "x" }) { id } }';
  const DELETE = 'mutation { deleteVersion(id: $version) { id } }';
  const CREATE =
    'mutation { createNote(input: { project: { type: "Project", id: 2 }, subject: "x" }) { id } }';
  const REVIVE = 'mutation { reviveShot(id: $shot) { id } }';
  const BATCH =
    'mutation { batch(operations: [{ updateShot: { id: $shot, input: { description: "y" } } }]) { id } }';
  const WRITES: readonly (readonly [name: string, document: string, method: string, path: string])[] = [
    ['follow', FOLLOW, 'POST', '*/follow'],
    ['unfollow', UNFOLLOW, 'PUT', '*/unfollow'],
    ['update', UPDATE, 'PUT', 'Shot/$shot'],
    ['delete', DELETE, 'DELETE', 'Version/$version'],
    ['create', CREATE, 'POST', 'Note'],
    ['revive', REVIVE, 'POST', 'Shot/$shot'],
    ['batch', BATCH, 'POST', '_batch'],
  ];
  const SPOILT: readonly (readonly [name: string, fault: Fault])[] = [
    ['dropped before it came', { drop: true }],
    ['dropped after it was made', { after: true, drop: true }],
    ['answered 500', { status: 500 }],
    ['answered 502', { status: 502 }],
    ['answered 504 after it was made', { after: true, status: 504 }],
    ['answered by the page of a portal', HTML],
    ['answered 200 with nothing', { status: 200, body: '' }],
    ['answered 200 with {}', { status: 200, body: '{}' }],
    ['answered with the row of another', { status: 200, body: '{"data":{"type":"Shot","id":99}}' }],
    ['cut off', { truncate: 20 }],
  ];
  const cases = WRITES.flatMap((write) =>
    SPOILT.map((spoilt) => [write[0], spoilt[0], write, spoilt[1]] as const),
  )
    // An answer of 204 has nothing that could be cut off.
    .filter(([name, how]) => how !== 'cut off' || !['follow', 'unfollow', 'delete'].includes(name));

  it.each(cases)(
    '%s %s: is sent once and reported as unknown, in the audit trail too',
    async (_name, _how, write, spoilt) => {
      const [, document, method, path] = write;
      await fault(method, path, { ...spoilt, times: 1 });
      const { data, errors } = await ask(document);
      expect(Object.values(data)).toEqual([null]);
      expect(errors[0]?.extensions.details).toMatchObject({ outcome: 'unknown' });
      expect(errors[0]?.message).toContain('look before you repeat it');
      expect(await writes()).toHaveLength(1);
      expect(lastRecord()).toMatchObject({
        action: 'change',
        outcome: 'unknown',
        code: errors[0]?.extensions.code,
      });
      expect(lastRecord()).not.toHaveProperty('sent');
    },
  );

  it.each(WRITES)(
    '%s that was refused is reported as refused or failed, without an outcome',
    async (_name, document, method, path) => {
      await fault(method, path, { status: 404, times: 1 });
      const { errors } = await ask(document);
      expect(errors[0]?.extensions.details?.['outcome']).toBeUndefined();
      expect(lastRecord()?.outcome).toMatch(/^(refused|failed)$/u);
    },
  );

  it('is reported as done if the result cannot be read, in whatever way it is read', async () => {
    await fault('POST', 'Shot/_search', { status: 500 });
    for (const text of [FOLLOW, UNFOLLOW, UPDATE, REVIVE]) {
      // A row that is there is not revived: nothing would have been done.
      if (text === REVIVE) await ask('mutation { deleteShot(id: $shot) { id } }');
      const { errors } = await ask(text.replace('{ id }', '{ id name }'));
      expect(errors[0]?.extensions.details).toMatchObject({
        outcome: 'done',
        type: 'Shot',
        id: ids['$shot'],
      });
      expect(lastRecord()).toMatchObject({ outcome: 'done' });
    }
    const { data, errors } = await ask(BATCH.replace('{ id }', '{ id entity { name } }'));
    expect(data.batch).toEqual([{ id: ids['$shot'], entity: null }]);
    expect(errors[0]).toMatchObject({
      path: ['batch', 0, 'entity'],
      extensions: { details: { outcome: 'done', type: 'Shot', id: ids['$shot'] } },
    });
  });

  it('is reported below its field too: the read after it failed, the change did not', async () => {
    await fault('POST', 'Task/_search', { status: 500 });
    const { data, errors } = await ask(UPDATE.replace('{ id }', '{ id tasks { id dueDate } }'));
    expect(data.updateShot.id).toBe(ids['$shot']);
    expect(errors.length).toBeGreaterThan(0);
    for (const { extensions } of errors)
      expect(extensions.details).toMatchObject({ outcome: 'done', id: ids['$shot'] });
  });

  it('is not hidden by errors of other fields: ten of a kind are reported, with the number of the others', async () => {
    await fault('POST', 'Task/_search', { status: 500 });
    await fault('PUT', 'Version/$version', { after: true, drop: true, times: 1 });
    const { errors, text } = await ask(`mutation {
      first: updateSequence(id: $sequence, input: { description: "a" }) { shots { tasks { id dueDate } } }
      second: updateVersion(id: $version, input: { description: "b" }) { id }
      third: updateVersion(id: 99999999, input: { description: "c" }) { id }
    }`);
    expect(errors.filter(({ path }) => path?.[0] === 'first')).toHaveLength(10);
    expect(errors.find(({ path }) => path?.[0] === 'second')?.extensions.details).toMatchObject({
      outcome: 'unknown',
    });
    expect(errors.find(({ path }) => path?.[0] === 'third')?.extensions.code).toBe('NOT_FOUND');
    const { extensions } = JSON.parse(text) as { extensions: { errorsLeftOut: number } };
    expect(extensions.errorsLeftOut).toBeGreaterThan(0);
  });

  const lists = (levels: number): string =>
    levels === 0 ? 'id code' : `id code versions { id code playlists { ${lists(levels - 1)} } }`;

  it('costs no more than one request may: each field reads its written rows again', async () => {
    const fields = [...Array(10).keys()].map(
      (index) =>
        `f${index}: updatePlaylist(id: $playlist, input: { description: "n${index}" }) { ${lists(1)} }`,
    );
    const { data, codes } = await ask(`mutation { ${fields.join(' ')} }`);
    // Three searches each, of twelve.
    expect(Object.values(data).map((value) => value !== null)).toEqual(
      [...Array(10).keys()].map((n) => n < 4),
    );
    expect(codes).toEqual(Array(6).fill('PLAN_TOO_LARGE'));
    expect(await writes()).toHaveLength(4);
    expect(world.takeSearches().length).toBeLessThanOrEqual(12);
  });

  it('does not pay for what was refused before it', async () => {
    const { data, codes } = await ask(`mutation {
      refused: updatePlaylist(id: $playlist, input: { description: "r" }) { ${lists(6)} }
      made: updatePlaylist(id: $playlist, input: { description: "m" }) { ${lists(5)} }
    }`);
    expect(codes).toEqual(['PLAN_TOO_LARGE']);
    expect([data.refused, data.made.id]).toEqual([null, playlistId]);
    expect(await writes()).toHaveLength(1);
  });

  it('of an order is checked before it is written, and counted once', async () => {
    const reversed = versionIds.toReversed();
    const order = (levels: number) =>
      ask(
        `${PLAYLIST.replace('mutation', 'mutation ($ids: [Int!]!)')} { id orderedVersions { id code playlists { ${lists(levels)} } } } }`,
        { ids: reversed },
      );
    // 1 + 2 for the playlist, its versions and their playlists, 2 for each further level.
    const { data, codes } = await order(4);
    expect([codes, data.orderPlaylist?.orderedVersions[0]?.id]).toEqual([[], reversed[0]]);
    expect(await writes()).toHaveLength(1);
    const before = await countEvents(world.siteUrl);
    const refused = await order(5);
    expect([refused.codes, refused.data.orderPlaylist]).toEqual([['PLAN_TOO_LARGE'], null]);
    // The place is what was asked, and not the field that it is read as.
    expect(refused.errors[0]?.extensions['details']).toMatchObject({ path: 'orderedVersions' });
    expect([await writes(), await countEvents(world.siteUrl)]).toEqual([[], before]);
  });

  it('of an upload is checked before the file is linked, and reported as done when it cannot be read', async () => {
    const uploader = await createUploader(world);
    const bytes = randomBytes(500);
    const target = { ...uploader.movie(bytes.length), field: null, fileName: 'once.txt' };
    const attached = async () => {
      const { data } = await world.ask(
        `{ attachments(filter: { originalFname: { is: "once.txt" } }) { nodes { id } } }`,
      );
      return (data.attachments.nodes as unknown[]).length;
    };
    const begin = async () => {
      const { upload, error } = await uploader.request(target);
      expect(error).toBeUndefined();
      return { id: upload.id as string, etags: [await put(upload.parts[0], bytes)] };
    };
    const complete = (sent: { id: string; etags: string[] }, selection: string) =>
      world.ask(
        `mutation ($id: ID!, $etags: [String!]!) { completeUpload(upload: $id, etags: $etags) { ${selection} } }`,
        { variables: { id: sent.id, etags: sent.etags } },
      );
    const first = await begin();
    const large = `entity { ... on Version { playlists { ${lists(7)} } } }`;
    expect((await complete(first, large)).codes).toEqual(['PLAN_TOO_LARGE']);
    expect(await attached()).toBe(0);
    // Nothing was linked, so it can be completed still.
    await fault('POST', 'Attachment/_search', { status: 500, after: true });
    await world.control('DELETE', 'faults');
    expect((await complete(first, 'verified')).codes).toEqual([]);
    expect(await attached()).toBe(1);

    const second = await begin();
    await fault('POST', '*/_upload', { after: true, delayMs: 1, times: 1 });
    await fault('POST', 'Attachment/_search', { after: true, delayMs: 1, times: 1 });
    await fault('POST', 'Attachment/_search', { status: 500, times: 1 });
    const { errors } = await complete(second, 'verified');
    expect(errors[0]?.extensions.details).toMatchObject({
      outcome: 'done',
      type: 'Version',
      id: uploader.versionId,
    });
    expect(await attached()).toBe(2);
  });

  it('that was never sent is marked in the audit trail', async () => {
    const leaving = new AbortController();
    leaving.abort();
    const before = world.audited.length;
    await world.ask(withIds(UPDATE), { as: 'joao', signal: leaving.signal });
    expect(await writes()).toEqual([]);
    expect(world.audited.slice(before)).toEqual([
      expect.objectContaining({ outcome: 'failed', sent: false }),
    ]);
  });
});
