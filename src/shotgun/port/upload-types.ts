import type { RecordRef } from './records.ts';

/** Where a file goes: a file field of a record, or with no field the record itself, as an attachment. */
export interface UploadTarget extends RecordRef {
  readonly field: string | null;
}

/** What the site told when the upload began: it wants all of it back in the last step (API 6.1). */
export type UploadInfo = Readonly<Record<string, unknown>>;

/** An upload that the storage waits for. */
export interface BegunUpload {
  readonly info: UploadInfo;
  /** The link of the last step, below `/api/v1`. */
  readonly completePath: string;
  /** Presigned address of the whole file, or of its first part. A secret for as long as it lives (API 6.3). */
  readonly address: string;
  /** The link that gives the address of part 2, below `/api/v1`; null for a file in one piece. */
  readonly nextPartPath: string | null;
}

export interface PartAddress {
  /** Presigned address of the part. */
  readonly address: string;
  /** The link that gives the address of the part after it. */
  readonly nextPartPath: string;
}

export interface UploadCompletion {
  /** Where the file goes, as at the beginning. */
  readonly target: UploadTarget;
  readonly info: UploadInfo;
  readonly completePath: string;
  /** ETags of the parts in order; null for a file in one piece. */
  readonly etags: readonly string[] | null;
  /** Shown instead of the file's name; attachments only. */
  readonly displayName: string | null;
}
