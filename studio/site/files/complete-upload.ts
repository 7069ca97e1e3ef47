import type { Caller, EntityRef, StoredRecord, StoredValue } from '../ports.ts';
import type { FileDeps, UploadTarget } from './file-deps.ts';
import { pendingImage, storedFile } from './file-values.ts';
import { setField } from './set-field.ts';
import { awaitPicture, awaitTranscode, isMedia, MOVIE } from './transcode.ts';

export interface CompletedUpload {
  readonly caller: Caller;
  /** Key of what was uploaded in the storage. */
  readonly key: string;
  readonly filename: string;
  readonly displayName: string;
  readonly tags: readonly EntityRef[];
}

/** The effect of an upload's last step on the rows. It does not check that bytes ever arrived (API 6.1). */
export function completeUpload(
  deps: FileDeps,
  { record, field }: UploadTarget,
  upload: CompletedUpload,
  signal: AbortSignal,
): void {
  const { caller } = upload;
  if (field !== null && deps.dataTypeOf(record.type, field) === 'image') {
    setField(deps, caller, { record, field }, pendingImage(upload.key));
    awaitPicture(deps, caller, { record, field, uploadKey: upload.key }, signal);
    return;
  }
  const attachment = createAttachment(deps, { record, field }, upload);
  const isMovie = field === MOVIE && isMedia(upload.filename);
  if (field !== null && deps.dataTypeOf(record.type, field) !== 'multi_entity') {
    setField(deps, caller, { record, field }, fileValue(deps, upload, attachment.id));
  }
  if (isMovie && deps.dataTypeOf(record.type, 'image') === 'image') {
    setField(deps, caller, { record, field: 'image' }, pendingImage(upload.key));
  }
  awaitTranscode(
    deps,
    caller,
    { record, attachmentId: attachment.id, uploadKey: upload.key, isMovie },
    signal,
  );
}

function createAttachment(deps: FileDeps, target: UploadTarget, upload: CompletedUpload): StoredRecord {
  const { record, field } = target;
  const at = isoTime(deps.now());
  const isLinked = field === null || deps.dataTypeOf(record.type, field) === 'multi_entity';
  const by = upload.caller.actor;
  const told: Record<string, StoredValue> = {
    display_name: upload.displayName,
    original_fname: upload.filename,
    filename: upload.filename,
    project: (record.values.project as EntityRef | undefined) ?? null,
    attachment_links: isLinked ? [{ type: record.type, id: record.id }] : [],
    tags: upload.tags,
    // Not among its own valid values (API 6.1).
    processing_status: 'thumbnail_pending_us',
    sg_status_list: 'na',
  };
  const stamps = { created_by: by, updated_by: by, created_at: at, updated_at: at };
  const { id } = deps.storage.insert('Attachment', { ...told, ...stamps });
  const file = fileValue(deps, upload, id);
  const attachment = deps.storage.patch('Attachment', id, { this_file: file });
  const changes = Object.entries({ this_file: file, ...told }).flatMap(([name, newValue]) => {
    const dataType = deps.dataTypeOf('Attachment', name);
    return dataType === undefined ? [] : [{ field: name, dataType, oldValue: null, newValue }];
  });
  deps.events.created(upload.caller, attachment, changes);
  if (isLinked && field !== null) {
    const before = (record.values[field] as readonly EntityRef[] | undefined) ?? [];
    setField(deps, upload.caller, { record, field }, [...before, { type: 'Attachment', id }]);
  }
  return attachment;
}

function fileValue({ blobs }: FileDeps, { key, displayName }: CompletedUpload, id: number): object {
  return {
    url: storedFile(key),
    name: displayName,
    content_type: blobs.get(key)?.contentType ?? null,
    link_type: 'upload',
    type: 'Attachment',
    id,
  };
}

function isoTime(nowMs: number): string {
  return `${new Date(nowMs).toISOString().slice(0, 19)}Z`;
}
