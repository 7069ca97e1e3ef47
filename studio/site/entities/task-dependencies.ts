import { SiteError, type EntityRef, type StoredRecord, type StoredValue } from '../ports.ts';
import { linksIn } from '../storage/memory-storage.ts';
import type { EntityDeps } from './entity-deps.ts';

/** What a dependency may ask for, in the order in which the site names them. */
export const DEPENDENCY_TYPES = [
  'finish-to-start-next-day',
  'start-to-start',
  'finish-to-finish',
  'start-to-finish-next-day',
] as const;
export type DependencyType = (typeof DEPENDENCY_TYPES)[number];

/** One dependency as a schedule needs it. */
export interface UpstreamTask {
  readonly task: StoredRecord;
  readonly dependencyType: DependencyType;
  readonly offsetDays: number;
}

/** What a Task waits for. In a row `task` is the one that waits, `dependent_task` the one that it waits for (API 8). */
export function upstreamOf({ storage }: EntityDeps, task: EntityRef): UpstreamTask[] {
  return storage.referring('TaskDependency', 'task', task).flatMap(({ values }): UpstreamTask[] => {
    const [ref] = linksIn(values['dependent_task']);
    const upstream = ref === undefined ? undefined : storage.get(ref.type, ref.id);
    if (upstream === undefined || upstream.retired) return [];
    const dependencyType =
      DEPENDENCY_TYPES.find((type) => type === values['dependency_type']) ?? DEPENDENCY_TYPES[0];
    return [{ task: upstream, dependencyType, offsetDays: Number(values['offset_days'] ?? 0) }];
  });
}

/**
 * Refuses a row of the type TaskDependency that the site would refuse: another type, the same pair twice, a Task that
 * waits for itself, directly or around a loop.
 */
export function assertDependency(
  deps: EntityDeps,
  verb: 'Create' | 'Update',
  written: Readonly<Record<string, StoredValue>>,
  before?: StoredRecord,
): void {
  const failed = (reason: string): SiteError =>
    new SiteError(400, 104, `${verb} failed for [TaskDependency]: ${reason}`, {
      meta: { crud_error_uuid: crypto.randomUUID() },
    });
  const type = written['dependency_type'];
  if (type !== undefined && !DEPENDENCY_TYPES.some((known) => known === type)) {
    const shown = typeof type === 'string' ? type : '';
    throw failed(
      `Validation failed: Dependency type Dependency type '${shown}' is invalid, accepted values are ${DEPENDENCY_TYPES.join(', ')}.`,
    );
  }
  const values = { ...before?.values, ...written };
  const [[task], [upstream]] = [linksIn(values['task']), linksIn(values['dependent_task'])];
  if (task === undefined || upstream === undefined) return;
  const isTwin = ({ id, values: other }: StoredRecord): boolean =>
    id !== before?.id && linksIn(other['dependent_task']).some((ref) => ref.id === upstream.id);
  if (deps.storage.referring('TaskDependency', 'task', task).some(isTwin)) {
    throw failed('Validation failed: There is already a connection between the entities.');
  }
  if (waitsFor(deps, upstream, task)) throw failed("Can't create this dependency as it causes a loop.");
}

/** The same pair may have been linked again meanwhile. @throws SiteError 400 */
export function assertOnlyDependency(deps: EntityDeps, { id, values }: StoredRecord): void {
  const [[task], [upstream]] = [linksIn(values['task']), linksIn(values['dependent_task'])];
  if (task === undefined || upstream === undefined) return;
  const isTwin = upstreamOf(deps, task).some((other) => other.task.id === upstream.id);
  if (!isTwin) return;
  throw new SiteError(
    400,
    104,
    `Revive failed for [TaskDependency with id=${id}]: Can't unretire the entity because a field has a non-unique value for a unique index: sgcu_task_dependencies`,
  );
}

/** Whether a Task waits for another one, through any number of Tasks; each also for itself. */
export function waitsFor(deps: EntityDeps, task: EntityRef, upstream: EntityRef): boolean {
  const seen = new Set<number>();
  const waiting = [task.id];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (id === upstream.id) return true;
    if (seen.has(id)) continue;
    seen.add(id);
    waiting.push(...upstreamOf(deps, { type: 'Task', id }).map((each) => each.task.id));
  }
  return false;
}
