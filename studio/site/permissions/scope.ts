import type { Caller, EntityRef, Storage } from '../ports.ts';
import { linksIn } from '../storage/memory-storage.ts';
import type { Viewer } from './condition.ts';

/** What a person reaches: computed once per request, then only looked up. */
export interface Scope extends Viewer {
  readonly projectIds: ReadonlySet<number>;
  /** Entities of the tasks assigned to the person or to one of their groups, as `Type:id`. */
  assignedEntities(): ReadonlySet<string>;
}

const scopes = new WeakMap<Caller, Scope>();

/** Scope of a caller. A `Caller` lives for one request, so what is kept by it is never stale for long. */
export function scopeOf(storage: Storage, caller: Caller): Scope {
  let scope = scopes.get(caller);
  if (!scope) {
    scope = computeScope(storage, caller.actor);
    scopes.set(caller, scope);
  }
  return scope;
}

export function keyOf({ type, id }: EntityRef): string {
  return `${type}:${id}`;
}

function computeScope(storage: Storage, me: EntityRef): Scope {
  const values = storage.get(me.type, me.id)?.values;
  const groupIds = idsOf(linksIn(values?.groups), storage.referring('Group', 'users', me));
  let entities: Set<string> | null = null;
  return {
    me,
    groupIds,
    // The two ends of the membership may disagree on a real site; either gives access here (API 1.7).
    projectIds: idsOf(linksIn(values?.projects), storage.referring('Project', 'users', me)),
    assignedEntities() {
      entities ??= assignedEntities(storage, me, groupIds);
      return entities;
    },
  };
}

function idsOf(...lists: readonly (readonly EntityRef[])[]): ReadonlySet<number> {
  return new Set(lists.flat().map(({ id }) => id));
}

function assignedEntities(storage: Storage, me: EntityRef, groupIds: ReadonlySet<number>): Set<string> {
  const entities = new Set<string>();
  const assignees = [me, ...[...groupIds].map((id) => ({ type: 'Group', id }))];
  for (const assignee of assignees) {
    for (const task of storage.referring('Task', 'task_assignees', assignee)) {
      for (const link of linksIn(task.values.entity)) entities.add(keyOf(link));
    }
  }
  return entities;
}
