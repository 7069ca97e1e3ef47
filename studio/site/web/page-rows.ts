import type { StoredRecord } from '../ports.ts';
import { linksIn } from '../storage/memory-storage.ts';
import type { WebSession } from './sessions.ts';
import type { WebDeps } from './web-deps.ts';

/** What the filters of a page say. */
export interface PageFilter {
  readonly project: number | null;
  /** Only rows whose artist or assignee is the person. */
  readonly mine: boolean;
}

/** The rows of a page that the person may see, newest first. @throws SiteError where the type is closed to the role */
export function pageRows(
  { storage, permissions }: WebDeps,
  { caller, person }: WebSession,
  type: string,
  { project, mine }: PageFilter,
): StoredRecord[] {
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
  return rows.reverse();
}
