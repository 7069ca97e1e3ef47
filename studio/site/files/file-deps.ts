import type { EventLog, StoredRecord, Storage } from '../ports.ts';
import type { ThreadDeps } from '../threads/thread-deps.ts';
import type { BlobStore } from './blob-store.ts';
import type { Presigner } from './presign.ts';

export interface FileDeps extends Pick<ThreadDeps, 'callerOf' | 'typeOfPath' | 'permissions'> {
  readonly storage: Storage;
  readonly now: () => number;
  readonly dataTypeOf: (type: string, field: string) => string | undefined;
  readonly events: EventLog;
  readonly blobs: BlobStore;
  readonly presigner: Presigner;
  readonly siteUrl: () => string;
  /** Milliseconds until the thumbnail of an upload is ready: about 40,000 on a real site (API 2.11). */
  readonly transcodeMs: number;
  /** `s3`, or `sg` for a site without cloud storage, which takes the bytes itself (API 6.1). */
  readonly storageService: string;
  /** `made`, or what becomes of pictures that never come: `pending`, `failed` (not known of a real site). */
  readonly pictures: string;
  /** When the last upload of a name was begun, to the second. */
  readonly begun: Map<string, number>;
}

/** Where an upload goes: a file field of a row, or the row itself as an attachment. */
export interface UploadTarget {
  readonly record: StoredRecord;
  readonly field: string | null;
}

/** The `data` of the first step, which the client sends back whole in the last (API 6.1). */
export interface UploadInfo {
  readonly timestamp: string;
  readonly upload_type: string;
  readonly upload_id: string | null;
  readonly storage_service: string;
  readonly original_filename: string;
  readonly multipart_upload: boolean;
}
