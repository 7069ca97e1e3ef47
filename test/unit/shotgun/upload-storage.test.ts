import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createUploadStorage, type UploadStorage } from '../../../src/shotgun/upload-storage.ts';

const MIB = 1024 * 1024;

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function storageThat(
  answer: (request: IncomingMessage, response: ServerResponse) => unknown,
): Promise<{ storage: UploadStorage; address: string }> {
  const server = createServer(answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const storage = createUploadStorage({ storageOrigins: [origin], timeoutMs: 5000 });
  closing.push(
    () => storage.close(),
    () => server.closeAllConnections(),
    () => server.close(),
  );
  return { storage, address: `${origin}/key?X-Amz-Signature=secret` };
}

const file = (sizeBytes: number) => ({ sizeBytes, contentType: 'video/mp4', signal: undefined });

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

describe('the storage of ShotGrid', () => {
  it('receives bytes no faster than it accepts them', async () => {
    let begin = (): void => undefined;
    const { storage, address } = await storageThat((request, response) => {
      const hash = createHash('md5');
      request.pause();
      begin = () => {
        request
          .on('data', (chunk: Buffer) => hash.update(chunk))
          .on('end', () => response.setHeader('ETag', `"${hash.digest('hex')}"`).end())
          .resume();
      };
    });
    let pulled = 0;
    const whole = createHash('md5');
    const source = async function* (): AsyncGenerator<Uint8Array> {
      for (let count = 0; count < 64; count += 1) {
        const chunk = Buffer.alloc(MIB, count);
        whole.update(chunk);
        pulled += chunk.length;
        yield chunk;
      }
    };
    const etag = storage.put(address, source(), file(64 * MIB));
    const seen: number[] = [];
    while (seen.at(-1) === undefined || seen.at(-1) !== seen.at(-2) || seen.at(-1) === 0) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      seen.push(pulled);
    }
    expect(pulled).toBeLessThan(32 * MIB);
    begin();
    expect(await etag).toBe(whole.digest('hex'));
  });

  it('receives a length and no token', async () => {
    let headers: IncomingMessage['headers'] = {};
    const { storage, address } = await storageThat((request, response) => {
      ({ headers } = request);
      request.resume().on('end', () => response.setHeader('ETag', '"x"').end());
    });
    expect(await storage.put(address, bytesOf('movie'), file(5))).toBe('x');
    expect(headers).toMatchObject({ 'content-length': '5', 'content-type': 'video/mp4' });
    expect(headers).not.toHaveProperty('authorization');
    expect(headers).not.toHaveProperty('transfer-encoding');
  });

  it.each([
    ['refuses', 403],
    ['leads elsewhere', 307],
    ['is broken', 500],
  ])('that %s is an error that does not quote the address', async (_, status) => {
    const asked: string[] = [];
    const { storage, address } = await storageThat((request, response) => {
      asked.push(String(request.url));
      response.writeHead(status, { location: '/elsewhere', ETag: '"x"' }).end(`denied: ${request.url}`);
    });
    const { signal } = new AbortController();
    const calls = [
      () => storage.put(address, bytesOf('movie'), file(5)),
      () => storage.look(address, signal),
    ];
    for (const call of calls) {
      const error = await call().catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
      expect(JSON.stringify([error, String((error as Error).cause)])).not.toContain('secret');
    }
    expect(asked).not.toContain('/elsewhere');
  });

  it('is checked without reading the file, even if it sends the whole file', async () => {
    let sent = 0;
    const { storage, address } = await storageThat((request, response) => {
      if (request.url?.startsWith('/gone')) return response.writeHead(404).end();
      response.writeHead(200, { 'content-length': String(1024 * MIB), ETag: '"abc"' });
      const more = (): void => {
        sent += MIB;
        if (sent < 1024 * MIB && response.write(Buffer.alloc(MIB))) setImmediate(more);
      };
      return more();
    });
    const { signal } = new AbortController();
    expect(await storage.look(address, signal)).toEqual({ sizeBytes: 1024 * MIB, etag: 'abc' });
    expect(sent).toBeLessThan(64 * MIB);
    expect(await storage.look(address.replace('/key', '/gone'), signal)).toBeNull();
  });

  it.each([
    ['bytes 0-0/3000', 3000],
    ['bytes 0-0/*', null],
    [undefined, null],
  ])('is believed as to the size of the file only where it tells the whole: %s', async (range, sizeBytes) => {
    const { storage, address } = await storageThat((_, response) =>
      response
        .writeHead(206, { 'content-length': '1', ETag: '"abc"', ...(range && { 'content-range': range }) })
        .end('x'),
    );
    const { signal } = new AbortController();
    expect(await storage.look(address, signal)).toEqual({ sizeBytes, etag: 'abc' });
  });

  it('is only at the origins of the settings', async () => {
    const { storage } = await storageThat((_, response) => response.end());
    const { signal } = new AbortController();
    for (const address of ['http://169.254.169.254/key', 'http://127.0.0.1:1/key', 'http://[::1]/key']) {
      const problem = { code: 'UNAVAILABLE', details: { storageOrigin: new URL(address).origin } };
      expect(() => storage.assertOurs(address)).toThrow(expect.objectContaining(problem));
      await expect(storage.look(address, signal)).rejects.toMatchObject(problem);
      await expect(storage.put(address, bytesOf('movie'), file(5))).rejects.toMatchObject(problem);
    }
  });
});
