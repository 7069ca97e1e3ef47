import type { EntityRef, Storage, StoredRecord, StoredValue } from '../../../studio/site/ports.ts';

type Rows = Record<string, (Record<string, unknown> & { id: number })[]>;

/** The smallest thing that keeps the promises of the Storage port, for stories of one part alone. */
export function createMemoryStorage(rows: Rows): Storage {
  const tables = new Map<string, Map<number, StoredRecord>>();
  const table = (type: string) => {
    if (!tables.has(type)) tables.set(type, new Map());
    return tables.get(type)!;
  };
  const set = (type: string, id: number, values: object, retired = false) => {
    const record = { type, id, retired, values: values as StoredRecord['values'] };
    table(type).set(id, record);
    return record;
  };
  for (const [type, list] of Object.entries(rows))
    for (const { id, ...values } of list) set(type, id, values);
  const same = (v: unknown, t: EntityRef) =>
    [v].flat().some((x) => (x as EntityRef)?.type === t.type && (x as EntityRef)?.id === t.id);
  return {
    get: (type, id) => table(type).get(id),
    all: (type) => [...table(type).values()].filter((r) => !r.retired),
    retired: (type) => [...table(type).values()].filter((r) => r.retired),
    referring: (type, field, target) =>
      [...table(type).values()].filter((r) => !r.retired && same(r.values[field], target)),
    insert: (type, values, id = Math.max(0, ...table(type).keys()) + 1) => set(type, id, values),
    patch: (type, id, values: Readonly<Record<string, StoredValue>>) =>
      set(type, id, { ...table(type).get(id)!.values, ...values }, table(type).get(id)!.retired),
    setRetired: (type, id, retired) => void set(type, id, table(type).get(id)!.values, retired),
    displayName({ type, id }) {
      const v = table(type).get(id);
      if (!v || v.retired) return null;
      const { code, name, firstname, content, subject } = v.values;
      return String(code ?? name ?? firstname ?? content ?? subject ?? '');
    },
    transaction: (work) => work(),
  };
}
