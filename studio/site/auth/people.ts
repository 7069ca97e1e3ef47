import type { EntityRef, Storage, StoredRecord } from '../ports.ts';

/** Text of a field, empty where it holds none. */
export function textOf({ values }: StoredRecord, field: string): string {
  const value = values[field];
  return typeof value === 'string' ? value : '';
}

/** Login of a HumanUser row. */
export function loginOf(person: StoredRecord): string {
  return textOf(person, 'login');
}

/** The row of a person by login; live rows go before retired ones, whose login may be used again (API 8). */
export function findPerson(storage: Storage, matches: (login: string) => boolean): StoredRecord | undefined {
  for (const person of storage.all('HumanUser')) if (matches(loginOf(person))) return person;
  for (const person of storage.retired('HumanUser')) if (matches(loginOf(person))) return person;
  return undefined;
}

/** The live script of a name; names are compared exactly (API 1.1). */
export function findScript(storage: Storage, name: string): StoredRecord | undefined {
  for (const script of storage.all('ApiUser')) if (script.values.firstname === name) return script;
  return undefined;
}

/** Code of a row's permission role; a row without one has the stock role of its type (API 1.7). */
export function roleOf(storage: Storage, row: StoredRecord): string {
  const link = row.values.permission_rule_set as EntityRef | null | undefined;
  const role = link ? storage.get('PermissionRuleSet', link.id)?.values.code : undefined;
  if (typeof role === 'string') return role;
  return row.type === 'ApiUser' ? 'api_admin' : 'artist';
}

/** A disabled person cannot sign in and cannot be acted for (API 1.4). */
export function isActive(person: StoredRecord): boolean {
  return !person.retired && person.values.sg_status_list === 'act';
}
