import { Readable } from 'node:stream';
import type { BlobStore, StoredBlob } from './blob-store.ts';
import { isDrawnPicture } from './file-values.ts';
import { thumbnail } from './thumbnail.ts';

/** The file of a key; a picture that was never uploaded is drawn and kept when it is first asked for. */
export async function blobOf(blobs: BlobStore, key: string): Promise<StoredBlob | undefined> {
  const known = blobs.get(key);
  if (known || !isDrawnPicture(key)) return known;
  return blobs.put(key, Readable.from([thumbnail(key)]), 'image/png');
}
