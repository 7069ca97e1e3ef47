import type { Caller, EntityRef, Permissions, Storage, StoredRecord, Switches } from '../ports.ts';
import { SiteError } from '../ports.ts';
import type { SchemaModel } from '../schema-model/schema-model.ts';
import { failedRule, ruleTail, verdictOf } from './rule-book.ts';
import type { RuleQuestion } from './rule-book.ts';
import { artistRules, hangsOn, roleRules } from './rules.ts';
import type { RoleRules } from './rules.ts';
import { scopeOf } from './scope.ts';
import { createVisibility } from './visibility.ts';
import type { RowFilter } from './visibility.ts';

export interface PermissionsDeps {
  readonly storage: Storage;
  readonly schema: SchemaModel;
  readonly switches?: Switches;
}

/** Secrets that no reader ever gets, not even an admin (API 8 ApiUser, 11.1). */
const UNREADABLE_FIELDS: ReadonlySet<string> = new Set([
  'ApiUser.salted_password',
  'ActionMenuItem.secret_token',
]);

/** The rights of the stock roles, from the table of rules (API 1.5). */
export function createPermissions(deps: PermissionsDeps): Permissions {
  const { storage } = deps;
  const hasField = (type: string, field: string): boolean => deps.schema.field(type, field) !== undefined;
  const filtersOf = createFilterCache(deps, hasField);

  const rowFilter = (caller: Caller, type: string): RowFilter => filtersOf(caller)(type);

  /** Throws unless the rules let the caller do this to this row. */
  const assertAllowed = (
    caller: Caller,
    record: StoredRecord,
    question: RuleQuestion,
    title: string,
  ): void => {
    const role = rulesOf(storage, caller.role);
    const verdict = verdictOf(role, question, hasField);
    if (verdict.kind === 'denied')
      throw refused(`${title} ${ruleTail(role.displayName, verdict.rule, question)}`);
    if (verdict.kind === 'refused' || !rowFilter(caller, record.type)(record)) throw refused(title);
    if (verdict.kind === 'allowed') return;
    const failed = failedRule(verdict, record, scopeOf(storage, caller));
    if (failed) throw refused(`${title} ${ruleTail(role.displayName, failed, question)}`);
  };

  const canReadType = (caller: Caller, type: string): boolean => isTypeReadable(deps, caller, type);

  return {
    canReadType,
    assertTypeReadable(caller, type) {
      if (canReadType(caller, type)) return;
      const role = rulesOf(storage, caller.role);
      throw refused(`Entity of type ${type} can not be accessed by this user. Rule: ${role.displayName}`);
    },
    rowFilter,
    canReadField: (_caller, type, field) => !UNREADABLE_FIELDS.has(`${type}.${field}`),
    isFieldEditable(caller, type, field) {
      if (deps.schema.field(type, field)?.editable !== true) return false;
      const question: RuleQuestion = { verb: 'update', type, field };
      const { kind } = verdictOf(rulesOf(storage, caller.role), question, hasField);
      return kind === 'allowed' || kind === 'conditional';
    },
    assertCanCreate(caller, type, values) {
      const title = `Entity of type ${type} cannot be created by this user.`;
      const role = rulesOf(storage, caller.role);
      const question: RuleQuestion = { verb: 'create', type };
      const verdict = verdictOf(role, question, hasField);
      if (verdict.kind === 'denied')
        throw refused(`${title} ${ruleTail(role.displayName, verdict.rule, question)}`);
      if (verdict.kind !== 'allowed') throw refused(title);
      // A row can only be made where its maker would see it: in a project of theirs, under a row they see.
      for (const parent of parentsOf(type, values)) {
        const row = storage.get(parent.type, parent.id);
        if (row && !rowFilter(caller, parent.type)(row)) throw refused(title);
      }
    },
    assertCanUpdateField(caller, record, field) {
      const title = `The field is not editable for this user: [${record.type}.${field}].`;
      assertAllowed(caller, record, { verb: 'update', type: record.type, field }, title);
    },
    assertCanDelete(caller, record) {
      const title = `Entity of type ${record.type} can not be deleted by this user.`;
      assertAllowed(caller, record, { verb: 'delete', type: record.type }, title);
    },
  };
}

const isTypeReadable = (deps: PermissionsDeps, caller: Caller, type: string): boolean =>
  !rulesOf(deps.storage, caller.role).unreadableTypes.includes(type) &&
  !areEvents('refused', deps, caller, type);

/** What people read of the event log is unknown (API 9.1). */
const areEvents = (
  how: 'none' | 'refused',
  { switches }: PermissionsDeps,
  caller: Caller,
  type: string,
): boolean =>
  type === 'EventLogEntry' && caller.actor.type === 'HumanUser' && switches?.['events.seenByPeople'] === how;

/** Row filters are prepared once per request: a `Caller` is a new object in each (see `callerOf`). */
function createFilterCache(
  deps: PermissionsDeps,
  hasField: (type: string, field: string) => boolean,
): (caller: Caller) => (type: string) => RowFilter {
  const { storage } = deps;
  const cache = new WeakMap<Caller, (type: string) => RowFilter>();
  return (caller) => {
    let filters = cache.get(caller);
    if (!filters) {
      const rules = rulesOf(storage, caller.role);
      const ofRole = createVisibility({ storage, hasField, rules, scope: scopeOf(storage, caller) });
      filters = (type) => (areEvents('none', deps, caller, type) ? () => false : ofRole(type));
      cache.set(caller, filters);
    }
    return filters;
  };
}

/** Rules of a role; a site's own role has those of the stock role that it descends from, at least an Artist's. */
function rulesOf(storage: Storage, code: string): RoleRules {
  let known = code;
  const seen = new Set<string>();
  while (!Object.hasOwn(roleRules, known) && !seen.has(known)) {
    seen.add(known);
    known = parentRole(storage, known) ?? 'artist';
  }
  return roleRules[known] ?? artistRules;
}

function parentRole(storage: Storage, code: string): string | null {
  for (const { values } of storage.all('PermissionRuleSet')) {
    if (values.code !== code) continue;
    const parent = values.parent_set as EntityRef | null | undefined;
    const parentCode = parent ? storage.get('PermissionRuleSet', parent.id)?.values.code : null;
    return typeof parentCode === 'string' ? parentCode : null;
  }
  return null;
}

/** The links of a create body that decide where the row will be; their form is validated elsewhere. */
function parentsOf(type: string, values: Readonly<Record<string, unknown>>): readonly EntityRef[] {
  const candidates = [values.project, values[hangsOn[type] ?? 'project']].flat();
  return candidates.filter(isRef);
}

function isRef(value: unknown): value is EntityRef {
  if (typeof value !== 'object' || value === null) return false;
  const { type, id } = value as Partial<EntityRef>;
  return typeof type === 'string' && typeof id === 'number';
}

function refused(title: string): SiteError {
  return new SiteError(400, 104, title);
}
