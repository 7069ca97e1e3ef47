import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { notSlower } from '../../../src/http/request/life.ts';
import { PartSource } from '../../../src/upload/part-source.ts';

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function* drip(everyMs: number): AsyncGenerator<Uint8Array> {
  for (;;) {
    await pause(everyMs);
    yield new Uint8Array(1);
  }
}

async function* silent(): AsyncGenerator<Uint8Array> {
  yield new Uint8Array(1);
  await new Promise(() => undefined);
}

async function readAll(bytes: AsyncIterable<Uint8Array>, slowReaderMs = 0): Promise<number> {
  let count = 0;
  for await (const chunk of bytes) {
    count += chunk.byteLength;
    if (slowReaderMs > 0) await pause(slowReaderMs);
  }
  return count;
}

describe('a file on its way', () => {
  it.each([
    ['drips', drip(5)],
    ['stops altogether', silent()],
  ])('that %s is given up, so that its place is free', async (_, source) => {
    await expect(readAll(notSlower(source, { bytes: 1000, perMs: 60 }))).rejects.toMatchObject({
      code: 'UPLOAD_INCOMPLETE',
      details: { reason: 'tooSlow' },
    });
  });

  it('that is too slow is reported as such, and not as one that ended', async () => {
    const source = new PartSource(notSlower(silent(), { bytes: 1000, perMs: 60 }));
    await expect(readAll(source.take(2000, createHash('md5')))).rejects.toMatchObject({
      details: { reason: 'tooSlow' },
    });
  });

  it("whose receiver is slow is not the sender's fault", async () => {
    async function* source(): AsyncGenerator<Uint8Array> {
      for (let part = 0; part < 5; part += 1) yield new Uint8Array(1);
    }
    expect(await readAll(notSlower(source(), { bytes: 1000, perMs: 40 }), 20)).toBe(5);
  });

  it('arrives completely', async () => {
    async function* source(): AsyncGenerator<Uint8Array> {
      for (let part = 0; part < 10; part += 1) {
        await pause(5);
        yield new Uint8Array(100);
      }
    }
    expect(await readAll(notSlower(source(), { bytes: 10, perMs: 20 }))).toBe(1000);
  });
});
