import { setTimeout as sleep } from 'node:timers/promises';
import type { Caller, EntityRef, StoredRecord, StoredValue } from '../ports.ts';
import type { FileDeps, UploadTarget } from './file-deps.ts';
import { pendingImage, storedFile } from './file-values.ts';

export interface CompletedUpload {
  readonly caller: Caller;
  readonly key: string;
  readonly filename: string;
  readonly displayName: string;
  readonly tags: readonly EntityRef[];
  readonly siteUrl: string;
}

/** Fields that describe a movie once it is transcoded; they are not cleared by the next upload (API 6.1). */
const MOVIE = 'sg_uploaded_movie';
const TRANSCODING_STATUS = 'sg_uploaded_movie_transcoding_status';

/** What the last step of an upload does to the rows. It asks nobody whether bytes ever came (API 6.1). */
export function completeUpload(
  deps: FileDeps,
  target: UploadTarget,
  upload: CompletedUpload,
  signal: AbortSignal,
): void {
  const { record, field } = target;
  if (field !== null && deps.dataTypeOf(record.type, field) === 'image') {
    setThumbnail(deps, target.record, { ...upload, field }, signal);
    return;
  }
  const attachment = createAttachment(deps, target, upload);
  if (field === null || deps.dataTypeOf(record.type, field) === 'multi_entity') return;
  const value = { ...fileValue(deps, upload), type: 'Attachment', id: attachment.id };
  setField(deps, upload.caller, { record, field }, value);
  if (field === MOVIE && deps.dataTypeOf(record.type, 'image') === 'image') {
    setThumbnail(deps, record, { ...upload, field: 'image' }, signal);
  }
}

function createAttachment(deps: FileDeps, target: UploadTarget, upload: CompletedUpload): StoredRecord {
  const { record, field } = target;
  const at = isoTime(deps.now());
  const isLinked = field === null || deps.dataTypeOf(record.type, field) === 'multi_entity';
  const by = upload.caller.actor;
  const values: Record<string, StoredValue> = {
    this_file: fileValue(deps, upload),
    display_name: upload.displayName,
    original_fname: upload.filename,
    filename: upload.filename,
    project: (record.values.project as EntityRef | undefined) ?? null,
    attachment_links: isLinked ? [{ type: record.type, id: record.id }] : [],
    tags: upload.tags,
    processing_status: 'thumbnail_pending_us',
    sg_status_list: 'na',
    created_by: by,
    updated_by: by,
    created_at: at,
    updated_at: at,
  };
  const attachment = deps.storage.insert('Attachment', values);
  deps.events.created(upload.caller, attachment, []);
  if (isLinked && field !== null) {
    const before = (record.values[field] as readonly EntityRef[] | undefined) ?? [];
    setField(deps, upload.caller, { record, field }, [...before, { type: 'Attachment', id: attachment.id }]);
  }
  return attachment;
}

/** A placeholder at once; the picture itself when it is transcoded, told as a second event (API 9.1). */
function setThumbnail(
  deps: FileDeps,
  record: StoredRecord,
  upload: CompletedUpload & { field: string },
  signal: AbortSignal,
): void {
  const { caller, field } = upload;
  setField(deps, caller, { record, field }, pendingImage(upload.siteUrl));
  const finish = async (): Promise<void> => {
    await sleep(deps.transcodeMs, undefined, { signal, ref: false });
    const row = deps.storage.get(record.type, record.id);
    // Bytes that never came, or a picture that was replaced meanwhile, give nothing to show.
    if (!row || row.retired || !deps.blobs.get(upload.key)) return;
    setField(deps, caller, { record: row, field }, storedFile(upload.key));
    if (deps.dataTypeOf(record.type, TRANSCODING_STATUS) !== undefined) {
      deps.storage.patch(record.type, record.id, { [TRANSCODING_STATUS]: 1 });
    }
  };
  finish().catch(() => undefined);
}

function setField(
  deps: FileDeps,
  caller: Caller,
  { record, field }: { record: StoredRecord; field: string },
  newValue: StoredValue,
): void {
  const dataType = deps.dataTypeOf(record.type, field) ?? 'url';
  const oldValue = record.values[field] ?? null;
  const row = deps.storage.patch(record.type, record.id, {
    [field]: newValue,
    updated_at: isoTime(deps.now()),
    updated_by: caller.actor,
  });
  deps.events.changed(caller, row, [{ field, dataType, oldValue, newValue }]);
}

function fileValue({ blobs }: FileDeps, { key, displayName }: CompletedUpload): object {
  return {
    url: storedFile(key),
    name: displayName,
    content_type: blobs.get(key)?.contentType ?? null,
    link_type: 'upload',
  };
}

function isoTime(nowMs: number): string {
  return `${new Date(nowMs).toISOString().slice(0, 19)}Z`;
}
