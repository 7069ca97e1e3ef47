import { setTimeout as sleep } from 'node:timers/promises';
import type { Caller, StoredRecord, StoredValue } from '../ports.ts';
import type { FileDeps } from './file-deps.ts';
import { drawnPicture, NO_PICTURE, pendingImage, storedFile } from './file-values.ts';
import { setField } from './set-field.ts';

/** The field that is transcoded; others that begin with its name describe what came out (API 6.1). */
export const MOVIE = 'sg_uploaded_movie';
const MEDIA = /\.(?:mov|mp4|m4v|webm|avi|mkv|mpe?g|png|jpe?g|gif|tiff?|bmp|exr|dpx)$/iu;
const PICTURE = /\.(?:png|jpe?g|gif)$/iu;

/** Whether something can be made of a file: of others there is neither a picture nor a transcode. */
export const isMedia = (filename: string): boolean => MEDIA.test(filename);

interface PendingPicture {
  readonly record: StoredRecord;
  readonly field: string;
  readonly uploadKey: string;
}

/** Replaces the placeholder by the uploaded picture after a while, logged as a second event (API 9.1). */
export function awaitPicture(
  deps: FileDeps,
  caller: Caller,
  { record, field, uploadKey }: PendingPicture,
  signal: AbortSignal,
): void {
  later(deps, signal, () => {
    if (deps.blobs.get(uploadKey))
      replacePlaceholder(deps, caller, { record, field, uploadKey }, storedFile(uploadKey));
  });
}

interface PendingTranscode {
  readonly record: StoredRecord;
  readonly attachmentId: number;
  readonly uploadKey: string;
  readonly isMovie: boolean;
}

/**
 * What the site makes of an uploaded file after a while. Until then, and for ever where nothing can be made of it, the
 * fields beside the movie describe the one before (API 6.1).
 */
export function awaitTranscode(
  deps: FileDeps,
  caller: Caller,
  { record, attachmentId, uploadKey, isMovie }: PendingTranscode,
  signal: AbortSignal,
): void {
  later(deps, signal, () => {
    // The site may have been put back to its start meanwhile.
    if (deps.storage.get('Attachment', attachmentId) === undefined) return;
    deps.storage.patch('Attachment', attachmentId, { processing_status: null });
    const file = deps.blobs.get(uploadKey);
    const row = deps.storage.get(record.type, record.id);
    const current = row?.values[MOVIE] as { id?: number } | null | undefined;
    if (!isMovie || !file || !row || row.retired || current?.id !== attachmentId) return;
    const { filename } = deps.storage.get('Attachment', attachmentId)?.values ?? {};
    const picture = PICTURE.test(String(filename)) ? storedFile(uploadKey) : drawnPicture(attachmentId);
    replacePlaceholder(deps, caller, { record, field: 'image', uploadKey }, picture);
    describeMovie(deps, row, uploadKey);
  });
}

/** The emulator transcodes nothing: what it gives as the transcode are the bytes that were uploaded. */
function describeMovie({ storage, dataTypeOf }: FileDeps, { type, id }: StoredRecord, key: string): void {
  const made = (name: string, contentType: string): StoredValue => {
    const url = storedFile(key);
    const file = { url, name, content_type: contentType, link_type: 'upload' };
    const attachment = storage.insert('Attachment', { this_file: file, display_name: name });
    return { ...file, type: 'Attachment', id: attachment.id };
  };
  const derived: Readonly<Record<string, () => StoredValue>> = {
    [`${MOVIE}_mp4`]: () => made('movie.mp4', 'video/mp4'),
    [`${MOVIE}_webm`]: () => made('movie.webm', 'video/webm'),
    [`${MOVIE}_image`]: () => made('movie.jpg', 'image/jpeg'),
    [`${MOVIE}_frame_rate`]: () => '24.0',
    [`${MOVIE}_transcoding_status`]: () => 1,
  };
  for (const [field, value] of Object.entries(derived)) {
    if (dataTypeOf(type, field) !== undefined) storage.patch(type, id, { [field]: value() });
  }
}

/** A picture whose place another upload has taken meanwhile is not shown any more. */
function replacePlaceholder(
  deps: FileDeps,
  caller: Caller,
  { record, field, uploadKey }: PendingPicture,
  picture: string,
): void {
  const row = deps.storage.get(record.type, record.id);
  if (!row || row.retired || row.values[field] !== pendingImage(uploadKey)) return;
  if (deps.pictures === 'pending') return;
  setField(deps, caller, { record: row, field }, deps.pictures === 'failed' ? NO_PICTURE : picture);
}

function later({ transcodeMs }: FileDeps, signal: AbortSignal, work: () => void): void {
  // Only the end of the site interrupts it.
  sleep(transcodeMs, undefined, { signal, ref: false }).then(work, () => undefined);
}
