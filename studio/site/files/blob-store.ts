import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export interface StoredBlob {
  /** File that holds the bytes. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly md5: string;
  readonly contentType: string;
}

export interface BlobStore {
  put(key: string, bytes: Readable, contentType: string): Promise<StoredBlob>;
  get(key: string): StoredBlob | undefined;
  /**
   * The key by which an upload is read from now on: that of its content. The same as before where no bytes came, so that
   * they can still come.
   */
  settle(key: string): string;
  /** Makes one blob of several, which stay. */
  join(key: string, partKeys: readonly string[], contentType: string): Promise<StoredBlob>;
  /** Opens an upload in parts; the storage keeps its parts until it is joined or aborted. */
  open(uploadId: string): void;
  isOpen(uploadId: string): boolean;
  /** Forgets the upload and its parts, whose keys begin with its id. */
  abort(uploadId: string): Promise<void>;
  /** Removes every file. */
  close(): Promise<void>;
}

/** Bytes of uploaded files, in a temporary folder and not in memory, as they may be large. */
export function createBlobStore(): BlobStore {
  const blobs = new Map<string, StoredBlob>();
  const openUploads = new Set<string>();
  let folder: Promise<string> | null = null;

  const put: BlobStore['put'] = async (key, bytes, contentType) => {
    folder ??= mkdtemp(join(tmpdir(), 'studio-site-'));
    const path = join(await folder, randomUUID());
    const hash = createHash('md5');
    let sizeBytes = 0;
    const measured = async function* (source: AsyncIterable<Buffer>) {
      for await (const chunk of source) {
        hash.update(chunk);
        sizeBytes += chunk.length;
        yield chunk;
      }
    };
    try {
      await pipeline(bytes, measured, createWriteStream(path));
    } catch (error) {
      // The client has gone: half a file is no file.
      await rm(path, { force: true });
      throw error;
    }
    const blob = { path, sizeBytes, md5: hash.digest('hex'), contentType };
    blobs.set(key, blob);
    return blob;
  };

  const forget = async (key: string): Promise<void> => {
    const blob = blobs.get(key);
    blobs.delete(key);
    if (blob) await rm(blob.path, { force: true });
  };

  return {
    put,
    get: (key) => blobs.get(key),
    settle(key) {
      const blob = blobs.get(key);
      if (!blob) return key;
      blobs.set(blob.md5, blob);
      return blob.md5;
    },
    async join(key, partKeys, contentType) {
      const paths = partKeys.flatMap((partKey) => blobs.get(partKey)?.path ?? []);
      return put(key, Readable.from(concatenated(paths)), contentType);
    },
    open: (uploadId) => void openUploads.add(uploadId),
    isOpen: (uploadId) => openUploads.has(uploadId),
    async abort(uploadId) {
      openUploads.delete(uploadId);
      await Promise.all([...blobs.keys()].filter((key) => key.startsWith(`${uploadId}.`)).map(forget));
    },
    async close() {
      blobs.clear();
      if (folder) await rm(await folder, { recursive: true, force: true });
    },
  };
}

async function* concatenated(paths: readonly string[]): AsyncGenerator<Buffer> {
  for (const path of paths) yield* createReadStream(path) as AsyncIterable<Buffer>;
}
