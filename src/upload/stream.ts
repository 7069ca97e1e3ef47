import type { StreamedFile, StreamedUpload, Uploads, UploadWork } from './upload-port.ts';
import { createHash } from 'node:crypto';
import { AppError } from '../base/errors.ts';
import type { UploadStorage } from '../shotgun/upload-storage.ts';
import type { Addresses } from './addresses.ts';
import { superseded } from './replace-kept.ts';
import { mediaTypeOf } from './media-type.ts';
import { PartSource } from './part-source.ts';
import type { Ticket, Tickets } from './tickets.ts';

/** A file while it arrives. */
export interface StreamDeps {
  readonly tickets: Tickets;
  readonly addresses: Addresses;
  readonly storage: UploadStorage;
}

interface Passed {
  readonly bytes: StreamedFile['bytes'];
  readonly onBegun: () => void;
}

/** Streams a file part by part: only the bytes in transit are in memory. */
export function createStream({ tickets, addresses, storage }: StreamDeps): Uploads['stream'] {
  /** Transfers of this process, by upload: a later one ends the earlier at once, not only at its next part. */
  const running = new Map<string, AbortController>();

  const pass = async (
    work: UploadWork,
    id: string,
    { plan, fileName, bytes, onBegun }: Pick<Ticket, 'plan' | 'fileName'> & Passed,
  ): Promise<StreamedUpload> => {
    const source = new PartSource(bytes);
    const etags: string[] = [];
    const { parts, generation } = await addresses.beginAnew(work, id, { to: 1, isStream: true, onBegun });
    let [part] = parts;
    while (part !== undefined) {
      const hash = createHash('md5');
      const file = {
        sizeBytes: part.sizeBytes,
        contentType: mediaTypeOf(fileName),
        signal: work.options.signal,
      };
      // The bytes come one after the other.
      const etag = await storage.put(part.address, source.take(part.sizeBytes, hash), file);
      assertSame(etag, hash.digest('hex'));
      etags.push(etag);
      const next = part.number + 1;
      // Addresses live for minutes and a slow file takes hours, so request each one just before its part.
      [part] =
        next > plan.partCount ? [] : await addresses.read(work, id, { from: next, to: next, generation });
    }
    await source.assertOver();
    await tickets.change(work.person, id, (kept) => {
      if (kept.generation !== generation) throw superseded();
      return kept.state === 'open' ? { ...kept, stream: { etags } } : undefined;
    });
    return { etags };
  };

  return async (work, id, file) => {
    const ticket = await tickets.read(work.person, id);
    const { plan } = ticket;
    const { sizeBytes } = file;
    if (sizeBytes !== null && sizeBytes !== plan.sizeBytes) {
      throw new AppError('BAD_USER_INPUT', {
        message: `The upload was requested for ${plan.sizeBytes} bytes. Send as many, or request another.`,
        details: { expected: plan.sizeBytes, given: sizeBytes },
      });
    }
    const own = new AbortController();
    // Not earlier: if it cannot restart, the earlier transfer continues.
    const onBegun = (): void => {
      running.get(id)?.abort(superseded());
      running.set(id, own);
    };
    const { signal } = work.options;
    const signals = signal === undefined ? [own.signal] : [signal, own.signal];
    try {
      const ours: UploadWork = { ...work, options: { signal: AbortSignal.any(signals) } };
      return await pass(ours, id, { ...ticket, bytes: file.bytes, onBegun });
    } catch (thrown) {
      throw own.signal.aborted ? superseded() : thrown;
    } finally {
      if (running.get(id) === own) running.delete(id);
    }
  };
}

/** A part's ETag is the MD5 of its bytes (API 6.1): any other value means that the bytes were changed. */
function assertSame(etag: string, md5: string): void {
  if (etag === md5) return;
  throw new AppError('UPLOAD_INCOMPLETE', {
    message: 'The storage has received other bytes than were sent. Send the file again.',
    details: { reason: 'otherEtag' },
  });
}
