import type { CallOptions, RecordRef } from './records.ts';

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

/** The steps of an upload that the site itself takes part in (API 6.1, 6.2). The bytes go to its storage. */
export interface UploadSteps {
  /** @throws AppError UPSTREAM_REJECTED where the site keeps its files itself: then there is no address to give away */
  begin(
    target: UploadTarget,
    file: { readonly name: string; readonly isMultipart: boolean },
    options?: CallOptions,
  ): Promise<BegunUpload>;
  nextPart(nextPartPath: string, options?: CallOptions): Promise<PartAddress>;
  /**
   * Links the file. The site asks nobody whether the bytes of a file in one piece ever came (API 6.1).
   *
   * @throws AppError UPLOAD_INCOMPLETE where a part is missing, too small or not what its ETag says
   */
  complete(completion: UploadCompletion, options?: CallOptions): Promise<void>;
  /** Makes the storage forget the parts. */
  abort(upload: Pick<UploadCompletion, 'info' | 'completePath'>, options?: CallOptions): Promise<void>;
}
