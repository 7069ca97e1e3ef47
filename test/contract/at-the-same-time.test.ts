import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type SiteWorld, startSiteWorld } from '../support/site-world.ts';
import { createUploader, put, type Uploader } from '../support/uploading.ts';

/** Holds every call until as many have come as are waited for: what was read before is old by then. */
class Gate {
  #wanted = 0;
  #held: (() => void)[] = [];
  #arrived: () => void = () => undefined;
  /** Resolves once they are all there; they go on when `open` is called. */
  arrived: Promise<void> = Promise.resolve();

  hold(count: number): void {
    this.#wanted = count;
    this.arrived = new Promise((resolve) => {
      this.#arrived = resolve;
    });
  }

  async pass(): Promise<void> {
    if (this.#wanted === 0) return;
    await new Promise<void>((resolve) => {
      this.#held.push(resolve);
      if (this.#held.length >= this.#wanted) this.#arrived();
    });
  }

  open(): void {
    this.#wanted = 0;
    for (const go of this.#held.splice(0)) go();
  }
}

/** Two people, or two tabs of one, do the same thing at once. */
describe('At the same time', () => {
  let world: SiteWorld;
  let uploader: Uploader;
  let nowMs = Date.now();
  const linking = new Gate();
  const ordering = new Gate();
  beforeAll(async () => {
    world = await startSiteWorld(
      {},
      {
        now: () => nowMs,
        wrap: (client) => ({
          login: client.login,
          async call(operation, options) {
            if (operation.kind === 'batch') await ordering.pass();
            if (operation.kind === 'completeUpload') await linking.pass();
            return client.call(operation, options);
          },
        }),
      },
    );
    uploader = await createUploader(world);
  });
  afterAll(() => world.close());
  beforeEach(() => {
    linking.open();
    ordering.open();
  });

  describe('a playlist is ordered', () => {
    const ORDER =
      'mutation ($id: Int!, $ids: [Int!]!) { orderPlaylist(playlistId: $id, versionIds: $ids) { id } }';
    let id: number;
    let versionIds: number[];
    beforeAll(async () => {
      const { data: made } = await world.ask(
        `mutation { batch(operations: [${'abcdef'
          .split('')
          .map((n) => `{ createVersion: { project: { type: "Project", id: 2 }, code: "same_${n}" } }`)
          .join(' ')}]) { id } }`,
        { as: 'joao' },
      );
      versionIds = made.batch.map((one: { id: number }) => one.id);
      const { data } = await world.ask(
        `mutation ($versions: [EntityRefInput!]) { createPlaylist(input: { project: { type: "Project", id: 2 }, code: "same", versions: $versions }) { id } }`,
        { as: 'joao', variables: { versions: versionIds.map((one) => ({ type: 'Version', id: one })) } },
      );
      id = data.createPlaylist.id;
    });
    const order = (ids: readonly number[]) => world.ask(ORDER, { as: 'joao', variables: { id, ids } });
    const read = async (): Promise<number[]> => {
      const { data } = await world.ask('query ($id: Int!) { playlist(id: $id) { orderedVersions { id } } }', {
        as: 'joao',
        variables: { id },
      });
      return data.playlist.orderedVersions.map((one: { id: number }) => one.id);
    };

    it('and ends in the order of one of them, never in a mixture', async () => {
      const [a, b, c, d, e, f] = versionIds as [number, number, number, number, number, number];
      // Some have no place yet: whoever names them gives them one, whoever does not takes it away again.
      const wishes = [[a, b, c, d], [f, a], [d, c, b, a, e, f], [b, f, e], [c], [e, d]];
      for (const first of wishes) {
        for (const second of wishes) {
          // Each round begins where the one before has ended.
          const before = await read();
          const wished = ([named]: [number[]]) => [...named, ...before.filter((one) => !named.includes(one))];
          ordering.hold(2);
          const both = [order(first), order(second)];
          // Whoever finds the order as they want it writes nothing, and is not waited for.
          await Promise.race([ordering.arrived, ...both]);
          ordering.open();
          for (const { codes } of await Promise.all(both)) expect(codes).toEqual([]);
          const after = await read();
          expect([wished([first]), wished([second])]).toContainEqual(after);
        }
      }
    });
  });

  it('a file is linked and cancelled: a late cancellation is reported as too late', async () => {
    const bytes = randomBytes(100);
    const { upload } = await uploader.request(uploader.movie(bytes.length));
    const etag = await put(upload.parts[0], bytes);
    linking.hold(1);
    const completing = uploader.complete(upload.id, [etag]);
    await linking.arrived;
    const cancel = () =>
      world.ask('mutation ($id: ID!) { cancelUpload(upload: $id) }', { variables: { id: upload.id } });
    const late = await cancel();
    expect([late.data.cancelUpload, late.codes]).toEqual([null, ['UPLOAD_OVER']]);
    linking.open();
    expect((await completing).done).toMatchObject({ verified: true });
    expect((await cancel()).codes).toEqual(['UPLOAD_OVER']);
  });

  describe('two attachments of one name are linked', () => {
    const send = async (bytes: Uint8Array, as = 'mira') => {
      // The emulated storage keeps what comes in one second under one name as one object.
      nowMs += 2000;
      const wish = { ...uploader.movie(bytes.length), field: null, fileName: 'image.png' };
      const { upload, error } = await uploader.request(wish, as);
      expect(error).toBeUndefined();
      return { id: upload.id as string, etag: await put(upload.parts[0], bytes), as };
    };
    const completeBoth = async (sent: readonly { id: string; etag: string; as: string }[]) => {
      linking.hold(sent.length);
      const completing = sent.map(({ id, etag, as }) =>
        world.ask(
          `mutation ($id: ID!, $etags: [String!]!) { completeUpload(upload: $id, etags: $etags) { attachment { id } file { url } verified } }`,
          { as, variables: { id, etags: [etag] } },
        ),
      );
      await linking.arrived;
      linking.open();
      const answers = await Promise.all(completing);
      expect(answers.map(({ codes }) => codes)).toEqual(sent.map(() => []));
      return answers.map(({ data }) => data.completeUpload);
    };
    const stored = async (url: string) => Buffer.from(await (await fetch(url)).arrayBuffer());

    it('and each person gets their own, found by size and ETag', async () => {
      const files = [randomBytes(50), randomBytes(60), randomBytes(60)];
      const sent = [];
      // One second each.
      for (const bytes of files) sent.push(await send(bytes));
      const done = await completeBoth(sent);
      expect(new Set(done.map(({ attachment }) => attachment.id)).size).toBe(3);
      for (const [index, { file, verified }] of done.entries()) {
        expect(verified).toBe(true);
        expect((await stored(file.url)).equals(files[index] ?? randomBytes(1))).toBe(true);
      }
    });

    it('and neither of two identical ones is returned', async () => {
      const bytes = randomBytes(70);
      const done = await completeBoth([await send(bytes), await send(bytes)]);
      expect(done).toEqual(done.map(() => ({ attachment: null, file: null, verified: false })));
    });

    it('and those of another person are not returned', async () => {
      await world.control('PATCH', 'people/ada', { can_impersonate_this_user: true });
      const bytes = randomBytes(80);
      const [mine, other] = await completeBoth([await send(bytes), await send(bytes, 'ada')]);
      expect([mine.verified, other.verified]).toEqual([true, true]);
      expect(mine.attachment.id).not.toBe(other.attachment.id);
    });
  });
});
