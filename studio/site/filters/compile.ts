import type { FilterDeps, Predicate } from './filter-deps.ts';
import type { Verb } from '../data-types/classes.ts';
import { assertWithinLimits } from './value-limits.ts';
import { type EntityRef, SiteError, type StoredRecord, type StoredValue } from '../ports.ts';
import { checkCondition, type CheckedCondition } from './condition-check.ts';
import type { Condition, ConditionGroup } from './conditions.ts';
import { isPerViewer } from '../entities/viewer-state.ts';
import type { Hop } from './path.ts';
import { leafTest } from './leaf-test.ts';

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
  const inOrder = cheapestFirst(group, members);
  return group.operator === 'and'
    ? (record) => inOrder.every((member) => member(record))
    : (record) => inOrder.some((member) => member(record));
}

/** What looks at the row itself before what follows links: most rows are decided by the former. */
function cheapestFirst(group: ConditionGroup, predicates: readonly Predicate[]): Predicate[] {
  const costs = group.members.map((member) => ('operator' in member ? 100 : member.path.length));
  return predicates
    .map((predicate, index) => ({ predicate, cost: costs[index] ?? 0 }))
    .sort((a, b) => a.cost - b.cost)
    .map(({ predicate }) => predicate);
}

function compileCondition(deps: FilterDeps, type: string, verb: Verb, condition: Condition): Predicate {
  const checked = checkCondition(deps.schema, type, verb, condition);
  if (checked.isIgnored) return () => true;
  const isLinkLeaf = checked.path.leaf.dataType === 'entity' || checked.path.leaf.dataType === 'multi_entity';
  if (checked.path.hops.length > 0 && isLinkLeaf && deps.switches?.['read.dottedLinkFilter'] === 'refused') {
    throw new SiteError(400, 103, `API ${verb}() ${type}.${checked.path.text} doesn't exist.`, {
      source: {},
    });
  }
  assertWithinLimits(deps.switches ?? {}, type, checked);
  const { viewerValue } = deps;
  if (viewerValue !== undefined && isPerViewer(type, checked.path.text)) {
    return viewerTest(checked, (record) => viewerValue(record, checked.path.text));
  }
  if (checked.path.leaf.dataType === 'text' && checked.relation === 'in' && checked.values.includes(null)) {
    throw new SiteError(400, 104, `Read failed for entity type [${type}]`);
  }
  // Negation is the complement, so it also finds rows where the field is empty (API 3.3).
  const positive = NEGATED[checked.relation];
  const test = testAlong(deps, type, verb, { ...checked, relation: positive ?? checked.relation });
  if (!checked.path.isReachable) return () => false;
  return positive === undefined ? test : (record) => !test(record);
}

/** Only `is` and `is_not` of what can be read there are looked at; all else finds what is unread (API 3.3). */
function viewerTest(
  { relation, values }: CheckedCondition,
  read: (record: StoredRecord) => StoredValue,
): Predicate {
  const [wanted] = values;
  const isSaid = relation === 'is' || relation === 'is_not';
  if (!isSaid || wanted === 'unread' || (wanted !== 'read' && typeof wanted === 'string')) {
    return (record) => (read(record) === 'unread') === (relation !== 'is_not');
  }
  return (record) => (read(record) === wanted) === (relation === 'is');
}

function testAlong(deps: FilterDeps, type: string, verb: Verb, condition: CheckedCondition): Predicate {
  const { path } = condition;
  const test = leafTest(deps, `${type}.${path.text}`, verb, condition);
  const owners = [type, ...path.hops.map((hop) => hop.type)];
  return path.hops.reduceRight<Predicate>(
    (next, hop, index) => testThrough(deps, owners[index] ?? type, hop, next),
    test,
  );
}

/** What holds for a row at the end of a link. Many rows link to few, so each of those is tested once in a request. */
function testThrough(
  { storage, schema, values }: FilterDeps,
  owner: string,
  { field, type }: Hop,
  next: Predicate,
): Predicate {
  const known = new Map<number, boolean>();
  const holds = (ref: EntityRef): boolean => {
    if (ref.type !== type) return false;
    const before = known.get(ref.id);
    if (before !== undefined) return before;
    const target = storage.get(ref.type, ref.id);
    const result = target !== undefined && !target.retired && next(target);
    known.set(ref.id, result);
    return result;
  };
  if (field.dataType === 'multi_entity') return (record) => values.links(record, field).some(holds);
  if (schema.relation(owner, field.name) !== undefined) {
    return (record) => {
      const ref = values.link(record, field);
      return ref !== undefined && holds(ref);
    };
  }
  // The target is looked up but once, so the stored link is read as it is.
  return (record) => {
    const ref = record.values[field.name] as EntityRef | null | undefined;
    return ref !== null && ref !== undefined && holds(ref);
  };
}
