import type { StoredRecord } from '../ports.ts';
import type { EntityDeps } from './entity-deps.ts';

/** What is retired together with a row: type -> links that hold it (API 5.1). */
const CASCADES: Readonly<Record<string, readonly (readonly [type: string, field: string])[]>> = {
  Shot: [['Version', 'entity']],
  Task: [
    ['TaskDependency', 'task'],
    ['TaskDependency', 'dependent_task'],
  ],
};

/** What went with a row when it was last retired: what had been deleted before it is not brought back with it. */
const wentWith = new WeakMap<StoredRecord, readonly StoredRecord[]>();

/** The rows that are retired with a row. */
export function cascadeRetire({ storage }: EntityDeps, record: StoredRecord): readonly StoredRecord[] {
  const rows = (CASCADES[record.type] ?? []).flatMap(([type, field]) =>
    storage.referring(type, field, record),
  );
  wentWith.set(record, rows);
  return rows;
}

/** The rows that come back with a row. Of Tasks that is measured, of Shots it is not (API 5.1). */
export function cascadeRevive({ switches }: EntityDeps, record: StoredRecord): readonly StoredRecord[] {
  if (record.type === 'Shot' && switches['write.shotRevivesVersions'] === false) return [];
  return (wentWith.get(record) ?? []).filter(({ retired }) => retired);
}
