import type { Request } from 'express';
import { notFound } from '../http/api-error.ts';
import type { Caller, StoredRecord } from '../ports.ts';
import type { FileDeps, UploadTarget } from './file-deps.ts';

/** The row and field of a path. A Note takes files in its `attachments`, named or not (API 6.2). */
export function targetOf(deps: FileDeps, req: Request, caller: Caller): UploadTarget {
  const type = typeOf(deps, req);
  const named = req.params.field === undefined ? null : String(req.params.field);
  // Without a field only files in one piece are taken, except by types with `attachments` (API 6.2).
  const isInParts = req.query.multipart_upload === 'true';
  const field = named ?? (type === 'Note' || isInParts ? 'attachments' : null);
  if (field !== null && !takesFiles(deps.dataTypeOf(type, field), field)) {
    throw notFound(`Field '${type}.${field}' does not exist.`, 103);
  }
  return { record: seenRecord(deps, req, caller), field };
}

/** The live row of a path that the caller may see; throws 404, and 400 where the type is closed to the role. */
export function seenRecord(deps: FileDeps, req: Request, caller: Caller): StoredRecord {
  const type = typeOf(deps, req);
  deps.permissions.assertTypeReadable(caller, type);
  const record = deps.storage.get(type, Number(req.params.id));
  if (!record || record.retired || !deps.permissions.rowFilter(caller, type)(record)) {
    throw notFound(`${type}: ${String(req.params.id)} not found`, 104);
  }
  return record;
}

/** A file in a field changes the row; one that is only linked to the row is a new row of its own. */
export function assertMayUpload(
  { permissions, dataTypeOf }: FileDeps,
  caller: Caller,
  { record, field }: UploadTarget,
): void {
  if (field !== null && dataTypeOf(record.type, field) !== 'multi_entity') {
    permissions.assertCanUpdateField(caller, record, field);
    return;
  }
  const links = [{ type: record.type, id: record.id }];
  permissions.assertCanCreate(caller, 'Attachment', { attachment_links: links });
}

function typeOf({ typeOfPath }: FileDeps, req: Request): string {
  const segment = String(req.params.types);
  const type = typeOfPath(segment);
  if (type === undefined) throw notFound(`Entity type '${segment}' does not exist.`, 103);
  return type;
}

function takesFiles(dataType: string | undefined, field: string): boolean {
  return (
    dataType === 'image' || dataType === 'url' || (dataType === 'multi_entity' && field === 'attachments')
  );
}
