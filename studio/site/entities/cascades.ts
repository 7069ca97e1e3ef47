import type { Storage, StoredRecord } from '../ports.ts';

/** What is retired together with a row: type -> links that hold it (API 5.1). */
const CASCADES: Readonly<Record<string, readonly (readonly [type: string, field: string])[]>> = {
  Shot: [['Version', 'entity']],
  Task: [
    ['TaskDependency', 'task'],
    ['TaskDependency', 'dependent_task'],
  ],
};
/** Cascades that a revival takes back: of Tasks this is measured, of Shots it is not (API 5.1). */
const REVIVED_TOO: ReadonlySet<string> = new Set(['Task']);

export function cascadeRetire(storage: Storage, record: StoredRecord): StoredRecord[] {
  return (CASCADES[record.type] ?? []).flatMap(([type, field]) => storage.referring(type, field, record));
}

export function cascadeRevive(storage: Storage, record: StoredRecord): StoredRecord[] {
  if (!REVIVED_TOO.has(record.type)) return [];
  return (CASCADES[record.type] ?? []).flatMap(([type, field]) =>
    [...storage.retired(type)].filter(({ values }) => {
      const link = values[field];
      return typeof link === 'object' && link !== null && 'id' in link && link.id === record.id;
    }),
  );
}
