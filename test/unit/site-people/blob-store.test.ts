import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { createBlobStore } from '../../../studio/site/files/blob-store.ts';
import { createStorageOrigin } from '../../../studio/site/files/storage-origin.ts';
import { atEnd } from './serve-app.ts';

const MEGABYTE = 1024 * 1024;
const LARGE_MEGABYTES = 128;
const MOST_HELD_MEGABYTES = 32;

async function storage() {
  const blobs = createBlobStore();
  const origin = createStorageOrigin({ blobs, now: Date.now, hasCors: true });
  await origin.start('127.0.0.1', 0);
  const close = async () => {
    await origin.close();
    await blobs.close();
  };
  atEnd(close);
  return { blobs, origin, close };
}

/** Memory that is held, without what only waits to be collected. */
function heldBytes(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { arrayBuffers, heapUsed } = process.memoryUsage();
  return arrayBuffers + heapUsed;
}

/** Bytes that are made while they are sent; tells the most memory that was held meanwhile. */
function largeBody() {
  const chunk = Buffer.alloc(MEGABYTE, 7);
  const hash = createHash('md5');
  const seen = { peakBytes: 0, md5: '' };
  async function* chunks() {
    for (let index = 0; index < LARGE_MEGABYTES; index += 1) {
      hash.update(chunk);
      if (index % 32 === 31) seen.peakBytes = Math.max(seen.peakBytes, heldBytes());
      // A copy each time, as a disk would give it.
      yield Buffer.from(chunk);
    }
    seen.md5 = hash.digest('hex');
  }
  return { stream: Readable.from(chunks()), seen };
}

describe('The storage of the site', () => {
  it('receives and returns a large file through a folder, without holding it in memory', async () => {
    const { blobs, origin, close } = await storage();
    const { stream, seen } = largeBody();
    const before = heldBytes();
    const put = origin.presigner.sign('PUT', 'large');
    // Not by fetch, which itself keeps what it sends.
    const sending = request(put, { method: 'PUT' });
    const answered = once(sending, 'response') as Promise<[IncomingMessage]>;
    await pipeline(stream, sending);
    const [answer] = await answered;
    answer.resume();
    expect(answer.headers.etag).toBe(`"${seen.md5}"`);
    const blob = blobs.get('large')!;
    expect([blob.sizeBytes, statSync(blob.path).size]).toEqual(Array(2).fill(LARGE_MEGABYTES * MEGABYTE));
    const got = await fetch(origin.presigner.sign('GET', blobs.settle('large')));
    const hash = createHash('md5');
    for await (const part of got.body as unknown as AsyncIterable<Uint8Array>) hash.update(part);
    expect(hash.digest('hex')).toBe(seen.md5);
    expect(seen.peakBytes - before).toBeLessThan(MOST_HELD_MEGABYTES * MEGABYTE);
    await close();
    expect(existsSync(dirname(blob.path))).toBe(false);
  });

  it('keeps no part of a file whose sender has disconnected', async () => {
    const { blobs } = await storage();
    const whole = await blobs.put('whole', Readable.from([Buffer.from('whole')]), 'text/plain');
    async function* broken() {
      yield Buffer.from('half of it');
      throw new Error('gone');
    }
    await expect(blobs.put('broken', Readable.from(broken()), 'text/plain')).rejects.toThrow('gone');
    expect(blobs.get('broken')).toBeUndefined();
    expect(await readdir(dirname(whole.path))).toHaveLength(1);
  });

  it('serves a late file under its promised key', async () => {
    const { blobs, origin } = await storage();
    const key = blobs.settle('late');
    const link = origin.presigner.sign('GET', key);
    expect((await fetch(link)).status).toBe(404);
    await blobs.put('late', Readable.from([Buffer.from('at last')]), 'text/plain');
    expect(await (await fetch(link)).text()).toBe('at last');
  });
});
