import type { RecordRef } from './records.ts';

/** Destination of a file: a file field of a record, or the record itself (as an attachment) if `field` is null. */
export interface UploadTarget extends RecordRef {
  readonly field: string | null;
}

/** The site's data from the start of the upload. The last step must send all of it back (API 6.1). */
export type UploadInfo = Readonly<Record<string, unknown>>;

/** An upload that was started and awaits its bytes in the storage. */
export interface BegunUpload {
  readonly info: UploadInfo;
  /** Link of the last step, below `/api/v1`. */
  readonly completePath: string;
  /** Presigned address of the whole file, or of its first part. A secret until it expires (API 6.3). */
  readonly address: string;
  /** Link that returns the address of part 2, below `/api/v1`; null for a file in one piece. */
  readonly nextPartPath: string | null;
}

/** The next part of a file in several pieces. */
export interface PartAddress {
  /** Presigned address of the part. */
  readonly address: string;
  /** Link that returns the address of the following part. */
  readonly nextPartPath: string;
}

/** The data of an upload's last step. */
export interface UploadCompletion {
  /** The same target as at the start. */
  readonly target: UploadTarget;
  readonly info: UploadInfo;
  readonly completePath: string;
  /** ETags of the parts in order; null for a file in one piece. */
  readonly etags: readonly string[] | null;
  /** Shown instead of the file's name; for attachments only. */
  readonly displayName: string | null;
}
