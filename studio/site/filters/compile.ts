import type { Verb } from '../data-types/classes.ts';
import type { RecordValues } from '../data-types/record-values.ts';
import { type Storage, SiteError, type StoredRecord } from '../ports.ts';
import type { SchemaModel } from '../schema-model/schema-model.ts';
import { checkCondition, type CheckedCondition } from './condition-check.ts';
import type { Condition, ConditionGroup } from './conditions.ts';
import { rowsAt } from './path.ts';
import { leafTest } from './leaf-test.ts';

export type Predicate = (record: StoredRecord) => boolean;

export interface FilterDeps {
  readonly storage: Storage;
  readonly schema: SchemaModel;
  readonly values: RecordValues;
  readonly now: () => number;
}

const NEGATED: Readonly<Record<string, string>> = {
  is_not: 'is',
  not_in: 'in',
  not_contains: 'contains',
  not_in_last: 'in_last',
  not_in_next: 'in_next',
  type_is_not: 'type_is',
  name_not_contains: 'name_contains',
};

/** Prepares a filter once per request. Every mistake in it is refused before a row is looked at. */
export function compileFilters(deps: FilterDeps, type: string, verb: Verb, group: ConditionGroup): Predicate {
  const members = group.members.map((member) =>
    'operator' in member
      ? compileFilters(deps, type, verb, member)
      : compileCondition(deps, type, verb, member),
  );
  if (members.length === 0) return () => true;
  const [only] = members;
  if (members.length === 1 && only !== undefined) return only;
  return group.operator === 'and'
    ? (record) => members.every((member) => member(record))
    : (record) => members.some((member) => member(record));
}

function compileCondition(deps: FilterDeps, type: string, verb: Verb, condition: Condition): Predicate {
  const checked = checkCondition(deps.schema, type, verb, condition);
  if (checked.isIgnored) return () => true;
  if (checked.path.leaf.dataType === 'text' && checked.relation === 'in' && checked.values.includes(null)) {
    throw new SiteError(400, 104, `Read failed for entity type [${type}]`);
  }
  // Negation is the complement, so it also finds rows where the field is empty (API 3.3).
  const positive = NEGATED[checked.relation];
  const test = testAlong(deps, type, verb, { ...checked, relation: positive ?? checked.relation });
  if (!checked.path.isReachable) return () => false;
  return positive === undefined ? test : (record) => !test(record);
}

function testAlong(deps: FilterDeps, type: string, verb: Verb, condition: CheckedCondition): Predicate {
  const { path } = condition;
  const test = leafTest(deps, `${type}.${path.text}`, verb, condition);
  if (path.hops.length === 0) return test;
  return (record) => rowsAt(deps.storage, deps.values, path, record).some(test);
}
