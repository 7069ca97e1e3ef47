import { formatDateTime } from '../data-types/scalars.ts';
import type { Caller, StoredRecord, StoredValue } from '../ports.ts';
import type { FileDeps } from './file-deps.ts';

/** Changes one field of a row by an upload, logged as a change by the uploader. */
export function setField(
  deps: FileDeps,
  caller: Caller,
  { record, field }: { record: StoredRecord; field: string },
  newValue: StoredValue,
): void {
  const dataType = deps.dataTypeOf(record.type, field) ?? 'url';
  const oldValue = record.values[field] ?? null;
  const row = deps.storage.patch(record.type, record.id, {
    [field]: newValue,
    updated_at: formatDateTime(deps.now()),
    updated_by: caller.actor,
  });
  deps.events.changed(caller, row, [{ field, dataType, oldValue, newValue }]);
}
