import type { Dataset, StoredValue } from '../ports.ts';
import type { SchemaModel } from '../schema-model/schema-model.ts';
import { linksAfter } from '../data-types/link-mode.ts';
import { linksIn, type MemoryStorage } from './memory-storage.ts';

/** What the tools of the studio sign in with; every site has it, also one loaded from files. */
const SCRIPT = { firstname: 'shotgraph', lastname: '1.0', salted_password: 'demo-script-key' } as const;
const ROLES: readonly (readonly [code: string, type: string])[] = [
  ['admin', 'HumanUser'],
  ['manager', 'HumanUser'],
  ['artist', 'HumanUser'],
  ['vendor', 'HumanUser'],
  ['api_admin', 'ApiUser'],
];

/** Puts the rows of a dataset into an empty storage, links given from the computed side included. */
export function fillStorage(storage: MemoryStorage, schema: SchemaModel, { rows }: Dataset): void {
  storage.clear();
  for (const [type, list] of Object.entries(rows)) {
    for (const { id, ...values } of list) {
      const stored = Object.entries(values).filter(([field]) => schema.relation(type, field) === undefined);
      storage.insert(type, Object.fromEntries(stored) as Record<string, StoredValue>, id);
    }
  }
  for (const [type, list] of Object.entries(rows)) {
    for (const row of list) addShownLinks(storage, schema, type, row);
  }
  addScript(storage, schema);
}

/** `Sequence.shots: [...]` in a file is the same as `Shot.sg_sequence` of these shots. */
function addShownLinks(
  storage: MemoryStorage,
  schema: SchemaModel,
  type: string,
  row: Readonly<Record<string, unknown>> & { readonly id: number },
): void {
  const owner = { type, id: row.id };
  for (const [name, value] of Object.entries(row)) {
    const relation = schema.relation(type, name);
    if (relation === undefined) continue;
    for (const target of linksIn(value as StoredValue)) {
      if (relation.kind === 'connection') {
        const known = storage.referring(relation.type, relation.near, owner);
        const isKnown = known.some(({ values }) => linksIn(values[relation.far])[0]?.id === target.id);
        if (!isKnown) storage.insert(relation.type, { [relation.near]: owner, [relation.far]: target });
        continue;
      }
      const other = storage.get(relation.type, target.id);
      if (other === undefined || target.type !== relation.type) continue;
      const isList = schema.field(relation.type, relation.field)?.dataType === 'multi_entity';
      const linked = isList ? linksAfter('add', linksIn(other.values[relation.field]), [owner]) : owner;
      storage.patch(relation.type, target.id, { [relation.field]: linked });
    }
  }
}

function addScript(storage: MemoryStorage, schema: SchemaModel): void {
  if (!schema.types.has('ApiUser')) return;
  for (const script of storage.all('ApiUser')) if (script.values['firstname'] === SCRIPT.firstname) return;
  const roles = new Map([...storage.all('PermissionRuleSet')].map((role) => [role.values['code'], role]));
  for (const [code, type] of ROLES) {
    if (!roles.has(code)) roles.set(code, storage.insert('PermissionRuleSet', { code, entity_type: type }));
  }
  const role = roles.get('api_admin');
  storage.insert('ApiUser', {
    ...SCRIPT,
    generate_event_log_entries: false,
    permission_rule_set: role === undefined ? null : { type: 'PermissionRuleSet', id: role.id },
  });
}
