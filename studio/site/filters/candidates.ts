import type { Storage, StoredRecord } from '../ports.ts';
import type { SchemaModel } from '../schema-model/schema-model.ts';
import type { Condition, ConditionGroup } from './conditions.ts';

interface CandidateDeps {
  readonly storage: Storage;
  readonly schema: SchemaModel;
}

/**
 * The live rows that can meet a filter, found by an index where one of its conditions that must hold is on `id` or on
 * a stored link; else all rows. Only narrows: every row is still tested.
 */
export function candidates(deps: CandidateDeps, type: string, group: ConditionGroup): Iterable<StoredRecord> {
  if (group.operator === 'and' || group.members.length === 1) {
    for (const member of group.members) {
      const found = 'operator' in member ? undefined : indexed(deps, type, member);
      if (found !== undefined) return found;
    }
  }
  return deps.storage.all(type);
}

function indexed(
  deps: CandidateDeps,
  type: string,
  condition: Condition,
): readonly StoredRecord[] | undefined {
  const { path, relation, values } = condition;
  if (relation !== 'is' && relation !== 'in') return undefined;
  if (path === 'id') return byId(deps.storage, type, values);
  const field = deps.schema.field(type, path);
  const isStoredLink = field?.dataType === 'entity' && deps.schema.relation(type, path) === undefined;
  if (!isStoredLink || !values.every(isRef)) return undefined;
  const [only] = values;
  if (values.length === 1 && isRef(only)) return deps.storage.referring(type, path, only);
  const rows = values.flatMap((ref) => deps.storage.referring(type, path, ref));
  return [...new Set(rows)].sort((a, b) => a.id - b.id);
}

function byId(storage: Storage, type: string, values: readonly unknown[]): StoredRecord[] {
  const ids = [...new Set(values.map(Number))].sort((a, b) => a - b);
  return ids.flatMap((id) => {
    const record = storage.get(type, id);
    return record === undefined || record.retired ? [] : [record];
  });
}

const isRef = (value: unknown): value is { type: string; id: number } =>
  typeof value === 'object' && value !== null && 'type' in value && 'id' in value;
