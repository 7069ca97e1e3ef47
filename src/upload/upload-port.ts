import type { Principal } from '../identity/person/principal.ts';
import type { ActingClient } from '../shotgun/client/shotgun.ts';
import type { CallOptions, FieldValue } from '../shotgun/port/records.ts';
import type { UploadTarget } from '../shotgun/port/upload-types.ts';

/** The uploading person, and ShotGrid as that person. */
export interface UploadWork {
  readonly person: Principal;
  readonly client: Pick<ActingClient, 'call'>;
  readonly options: CallOptions;
}

export interface UploadWish {
  readonly target: UploadTarget;
  /** Data type of the target's field; null for an attachment. */
  readonly dataType: string | null;
  readonly fileName: string;
  readonly sizeBytes: number;
  /** Looks up what must be known of the site before the upload begins. */
  readonly settle?: () => Promise<void>;
}

/** The target of a part: a PUT with its bytes and nothing else. */
export interface UploadPart {
  /** From 1. */
  readonly number: number;
  /** Where the part begins in the file. */
  readonly offset: number;
  readonly sizeBytes: number;
  /** Presigned: a secret until it expires. */
  readonly address: string;
  readonly expiresAt: string | null;
}

export interface RequestedUpload {
  readonly id: string;
  readonly partCount: number;
  /** The first parts; others are requested one by one, since addresses expire. */
  readonly parts: readonly UploadPart[];
}

export interface Uploads {
  /**
   * Begins an upload. Everything that can be checked is checked before any byte is sent: the name, the size, and
   * whether the person may change the field.
   *
   * @throws AppError BAD_USER_INPUT, TOO_LARGE, FORBIDDEN, NOT_FOUND, UNAVAILABLE
   */
  request(work: UploadWork, wish: UploadWish): Promise<RequestedUpload>;
  /**
   * Addresses of `count` parts from part `from` on; earlier ones are renewed. From part 1 on the upload restarts:
   * the sent bytes are dropped, because the site issues the first part's address only with a new upload.
   *
   * @throws AppError UPLOAD_OVER, BAD_USER_INPUT
   */
  parts(work: UploadWork, id: string, range: { from: number; count: number }): Promise<readonly UploadPart[]>;
  /**
   * Receives the whole file from a client that cannot send it to the storage, and streams it there. The upload
   * restarts with it.
   *
   * @throws AppError UPLOAD_OVER, BAD_USER_INPUT, TOO_LARGE; UPLOAD_INCOMPLETE if it ends too early
   */
  stream(work: UploadWork, id: string, file: StreamedFile): Promise<StreamedUpload>;
  complete(work: UploadWork, id: string, completion: Completion): Promise<CompletedUpload>;
  /** Drops the upload and its parts. */
  cancel(work: UploadWork, id: string): Promise<void>;
}

export interface Completion {
  /** The storage's ETag of each part, in order. */
  readonly etags: readonly string[];
  readonly displayName: string | null;
  /** Ensures, before anything is linked, that the result can be shown. */
  beforeLinking?(target: UploadTarget): Promise<void>;
}

export interface CompletedUpload {
  readonly target: UploadTarget;
  /** Id of the new Attachment; null for a thumbnail, and if the person may not see it. */
  readonly attachmentId: number | null;
  /** Value of the field, or of the attachment's file, as ShotGrid returns it. */
  readonly file: FieldValue;
  /** False if the bytes could not be checked: thumbnails, and a storage that does not answer. */
  readonly isVerified: boolean;
}

export interface StreamedFile {
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Null if it was not announced. */
  readonly sizeBytes: number | null;
}

export interface StreamedUpload {
  /** For `completeUpload`. */
  readonly etags: readonly string[];
}
