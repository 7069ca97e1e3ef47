import { sortRows } from '../entities/sorting.ts';
import type { StoredRecord } from '../ports.ts';
import { linksIn } from '../storage/memory-storage.ts';
import { fieldText } from './field-text.ts';
import { type GroupKey, type PageView, textOf } from './page-view.ts';
import type { WebSession } from './sessions.ts';
import type { WebDeps } from './web-deps.ts';

/** The rows of a page that the person may see, in its order. @throws SiteError where the type is closed to the role */
export function pageRows(
  deps: WebDeps,
  { caller, person }: WebSession,
  type: string,
  { project, mine, sort, groups }: PageView,
): StoredRecord[] {
  const { storage, permissions } = deps;
  permissions.assertTypeReadable(caller, type);
  const isVisible = permissions.rowFilter(caller, type);
  const holds = (record: StoredRecord, field: string, id: number): boolean =>
    linksIn(record.values[field]).some((ref) => ref.id === id);
  const isMine = (record: StoredRecord): boolean =>
    holds(record, 'user', person.id) || holds(record, 'task_assignees', person.id);
  const rows = [...storage.all(type)].filter(
    (record) =>
      isVisible(record) &&
      (project === null || holds(record, 'project', project)) &&
      (!mine || isMine(record)),
  );
  // Of rows with the same values the newest is first.
  const sorted = sortRows(deps, type, [textOf(sort), '-id'].filter(Boolean).join(','), rows);
  return groups.reduceRight((list, key) => grouped(deps, list, key), sorted);
}

/** What the rows of one group have in common. */
export function groupText(deps: WebDeps, record: StoredRecord, { column, method }: GroupKey): string {
  const field = deps.schema.field(record.type, column);
  if (field === undefined) return '';
  const value = deps.values.value(record, field);
  if (method === 'entitytype') return linksIn(value)[0]?.type ?? '';
  return fieldText(deps, field, value);
}

/** Sorting keeps the order within a group. */
function grouped(deps: WebDeps, rows: readonly StoredRecord[], key: GroupKey): StoredRecord[] {
  const decorated = rows.map((row) => ({ row, text: groupText(deps, row, key) }));
  const sign = key.direction === 'desc' ? -1 : 1;
  return decorated.sort((a, b) => sign * a.text.localeCompare(b.text, 'en')).map(({ row }) => row);
}
