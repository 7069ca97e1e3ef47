import { createHash } from 'node:crypto';
import { AppError } from '../base/errors.ts';
import type { UploadStorage } from '../shotgun/upload-storage.ts';
import type { Addresses } from './addresses.ts';
import { PartSource } from './part-source.ts';
import type { Tickets } from './tickets.ts';
import type { Uploads } from './uploads.ts';

/** A file as it comes in. */
export interface StreamedFile {
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Where it was announced. */
  readonly sizeBytes: number | null;
  readonly contentType: string;
}

export interface StreamedUpload {
  /** For `completeUpload`. */
  readonly etags: readonly string[];
}

export interface StreamDeps {
  readonly tickets: Tickets;
  readonly addresses: Addresses;
  readonly storage: UploadStorage;
}

/** Passes a file on, part after part: no more of it is held than is under way. */
export function createStream({ tickets, addresses, storage }: StreamDeps): Uploads['stream'] {
  return async (work, id, { bytes, sizeBytes, contentType }) => {
    const { plan } = await tickets.read(work.person, id);
    if (sizeBytes !== null && sizeBytes !== plan.sizeBytes) {
      throw new AppError('BAD_USER_INPUT', {
        message: `The upload was requested for ${plan.sizeBytes} bytes. Send as many, or request another.`,
        details: { expected: plan.sizeBytes, given: sizeBytes },
      });
    }
    const source = new PartSource(bytes);
    const etags: string[] = [];
    let [part] = await addresses.beginAnew(work, id, 1);
    while (part !== undefined) {
      const hash = createHash('md5');
      const file = { sizeBytes: part.sizeBytes, contentType, signal: work.options.signal };
      // oxlint-disable-next-line no-await-in-loop -- the bytes come one after the other
      const etag = await storage.put(part.address, source.take(part.sizeBytes, hash), file);
      assertSame(etag, hash.digest('hex'));
      etags.push(etag);
      const next = part.number + 1;
      // An address is asked for when its turn comes: it lives for minutes, a slow file takes hours.
      // oxlint-disable-next-line no-await-in-loop
      [part] = next > plan.partCount ? [] : await addresses.read(work, id, { from: next, to: next });
    }
    await source.assertOver();
    return { etags };
  };
}

/** The ETag of a part is the MD5 of its bytes (API 6.1): anything else is not what we sent. */
function assertSame(etag: string, md5: string): void {
  if (etag === md5) return;
  throw new AppError('UPLOAD_INCOMPLETE', {
    message: 'The storage has received other bytes than were sent. Send the file again.',
    details: { reason: 'otherEtag' },
  });
}
