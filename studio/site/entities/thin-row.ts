import type { StoredRecord } from '../ports.ts';
import { defaultsFor } from './defaults.ts';
import type { Asking, EntityDeps } from './entity-deps.ts';
import { createRowWriter, isLink, type WireRow } from './rows.ts';

/** Types whose create answers dates in ISO form (API 2.6). */
const ISO_TYPES: ReadonlySet<string> = new Set(['Task']);
const ALWAYS = ['cached_display_name', 'open_notes_count', 'sg_status_list'];

/**
 * The thin row that a create answers (API 5.1): what was sent, what the server filled in, every list of links, and the
 * single links that are set; dates as `2026-09-04 03:51:48 UTC`.
 */
export function thinRow(
  deps: EntityDeps,
  asking: Asking,
  record: StoredRecord,
  sent: Readonly<Record<string, unknown>>,
): WireRow {
  const filled = new Set(Object.keys(defaultsFor(deps, asking.caller, asking.type, sent)));
  const identity = deps.schema.identityField(asking.type);
  const fields = [...(deps.schema.types.get(asking.type)?.fields.values() ?? [])].filter((field) => {
    if (field.dataType === 'multi_entity') return true;
    if (isLink(field)) return record.values[field.name] != null;
    return (
      field.name in sent ||
      filled.has(field.name) ||
      ALWAYS.includes(field.name) ||
      (field.name === identity && record.values[identity] != null)
    );
  });
  const row = createRowWriter(
    deps,
    asking,
    fields.map(({ name }) => name),
  )(record);
  // The Tasks that a template made are not shown yet (API 5.1).
  if (sent['task_template'] != null && 'tasks' in row.relationships) {
    row.relationships['tasks'] = { data: [] };
  }
  if (ISO_TYPES.has(asking.type)) return row;
  for (const field of fields) {
    const value = row.attributes[field.name];
    if (field.dataType === 'date_time' && typeof value === 'string') {
      row.attributes[field.name] = value.replace('T', ' ').replace('Z', ' UTC');
    }
  }
  return row;
}
