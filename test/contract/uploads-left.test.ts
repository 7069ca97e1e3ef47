import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import { faultIn, MOST_CALLS, NEVER, type StoreFault } from '../support/failing-store.ts';
import { startSiteWorld, type SiteWorld } from '../support/site-world.ts';
import { UPLOAD_SETTINGS } from '../support/test-uploads.ts';
import { createUploader, PARTS, type Uploader } from '../support/uploading.ts';

const CANCEL = 'mutation ($upload: ID!) { cancelUpload(upload: $upload) }';

describe('an upload in parts, where the store stops answering', () => {
  let world: SiteWorld;
  let uploader: Uploader;
  let fault: StoreFault;
  let onBegun = (): void => undefined;
  beforeAll(async () => {
    const store = createMemoryStore(systemClock);
    fault = faultIn(store);
    world = await startSiteWorld(
      {},
      {
        store,
        wrap: (client) => ({
          ...client,
          async call(operation, options) {
            const answer = await client.call(operation, options);
            if (operation.kind === 'beginUpload') onBegun();
            return answer;
          },
        }),
      },
    );
    uploader = await createUploader(world);
  });
  afterAll(() => world.close());

  const request = async (): Promise<string | null> => {
    const { upload } = await uploader.request(uploader.movie(UPLOAD_SETTINGS.partBytes + 5));
    return upload === null ? null : String(upload.id);
  };
  const again = async (upload: string): Promise<readonly string[]> =>
    (await world.ask(PARTS, { variables: { upload, from: 1, count: 2 } })).codes;
  const cancel = async (upload: string): Promise<readonly string[]> =>
    (await world.ask(CANCEL, { variables: { upload } })).codes;

  /** How many uploads the site began and dropped since the last time. It refuses to drop the same one twice. */
  async function beganAndDropped(): Promise<readonly [number, number]> {
    const calls = await world.takeCalls();
    const began = calls.filter(
      ({ method, path, status }) => method === 'GET' && path.endsWith('/_upload') && status === 200,
    );
    const dropped = calls.filter(({ path, status }) => path.endsWith('/multipart_abort') && status === 204);
    return [began.length, dropped.length];
  }

  it.each(['before', 'after'] as const)(
    'leaves nothing in the storage once the person has started again and cancelled: at each call, %s it took effect',
    async (when) => {
      let isWhole = false;
      for (let at = 1; !isWhole && at < MOST_CALLS; at += 1) {
        await world.takeCalls();
        fault.failFrom(at, when);
        let id = await request();
        const first = id === null ? [] : await again(id);
        const second = id === null ? [] : await cancel(id);
        isWhole = fault.count() < at;
        fault.failAt(NEVER, when);
        id ??= await request();
        if (first.length > 0) await again(String(id));
        if (!isWhole) expect([...first, ...second]).not.toContain('INTERNAL');
        await cancel(String(id));
        const [began, dropped] = await beganAndDropped();
        expect({ at, dropped }).toEqual({ at, dropped: began });
      }
      expect(isWhole).toBe(true);
    },
  );

  it('leaves nothing in the storage though the person leaves while it starts again', async () => {
    const upload = String(await request());
    await world.takeCalls();
    const left = new AbortController();
    onBegun = () => left.abort();
    await world.ask(PARTS, { variables: { upload, from: 1, count: 2 }, signal: left.signal });
    onBegun = () => undefined;
    await cancel(upload);
    expect(await beganAndDropped()).toEqual([1, 2]);
  });
});
