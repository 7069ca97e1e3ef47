import type { EntityRef, Storage, StoredRecord } from '../ports.ts';
import { linksIn } from '../storage/memory-storage.ts';
import { meets } from './condition.ts';
import { hangsOn } from './rules.ts';
import type { RoleRules } from './rules.ts';
import { keyOf } from './scope.ts';
import type { Scope } from './scope.ts';

export type RowFilter = (record: StoredRecord) => boolean;

export interface VisibilityDeps {
  readonly storage: Storage;
  readonly hasField: (type: string, field: string) => boolean;
  readonly rules: RoleRules;
  readonly scope: Scope;
}

/** The row filters of one caller, each prepared when it is first asked for. */
export function createVisibility(deps: VisibilityDeps): (type: string) => RowFilter {
  const filters = new Map<string, RowFilter>();
  const filterOf = (type: string): RowFilter => {
    let filter = filters.get(type);
    if (!filter) {
      filter = prepare(type, deps, filterOf);
      filters.set(type, filter);
    }
    return filter;
  };
  return filterOf;
}

function prepare(type: string, deps: VisibilityDeps, filterOf: (type: string) => RowFilter): RowFilter {
  const { rules, scope } = deps;
  if (rules.sees === 'everything') return () => true;
  if (type === 'Project') return ({ id }) => scope.projectIds.has(id);
  const parentField = hangsOn[type];
  if (parentField !== undefined) return seenByParent(parentField, deps, filterOf);
  if (!deps.hasField(type, 'project')) return () => true;
  const inProject = seenByProject(scope, type);
  if (rules.sees === 'projects') return inProject;
  const condition = rules.rows?.[type];
  if (condition) return (record) => inProject(record) && meets(condition, record, scope);
  const assigned = scope.assignedEntities();
  return (record) => assigned.has(keyOf(record)) && inProject(record);
}

function seenByProject({ projectIds, me }: Scope, type: string): RowFilter {
  return ({ values }) => {
    const project = values.project as EntityRef | null | undefined;
    if (project) return projectIds.has(project.id);
    // Events without a project show what others did on the site: each person sees only their own.
    return type !== 'EventLogEntry' || linksIn(values.user).some(({ id }) => id === me.id);
  };
}

/** A row without any parent is visible to its creator, and to its whole project if it names one. */
function seenByParent(
  field: string,
  { storage, scope }: VisibilityDeps,
  filterOf: (type: string) => RowFilter,
): RowFilter {
  // Rows can form a ring of parents: that alone makes none of them visible.
  const underway = new Set<StoredRecord>();
  const isSeen = (record: StoredRecord): boolean => {
    const { values } = record;
    if (linksIn(values.created_by).some((by) => keyOf(by) === keyOf(scope.me))) return true;
    const parents = linksIn(values[field]);
    if (parents.length === 0) return linksIn(values.project).some(({ id }) => scope.projectIds.has(id));
    return parents.some((parent) => {
      const row = storage.get(parent.type, parent.id);
      return row !== undefined && filterOf(parent.type)(row);
    });
  };
  return (record) => {
    if (underway.has(record)) return false;
    underway.add(record);
    try {
      return isSeen(record);
    } finally {
      underway.delete(record);
    }
  };
}
