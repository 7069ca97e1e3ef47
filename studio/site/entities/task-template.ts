import type { Caller, EntityRef, StoredRecord, StoredValue } from '../ports.ts';
import { linksIn } from '../storage/memory-storage.ts';
import { defaultsFor } from './defaults.ts';
import type { EntityDeps } from './entity-deps.ts';

/** What a Task takes over from its template's. */
const COPIED = [
  'content',
  'step',
  'sg_status_list',
  'duration',
  'est_in_mins',
  'milestone',
  'sg_description',
  'sg_sort_order',
  'sg_priority_1',
  'color',
] as const;
const DEPENDENCY = ['dependency_type', 'offset_days', 'shift_ratio'] as const;

/**
 * Makes the Tasks and dependencies of the template that a row is created with (API 5.1). A template's own Tasks are
 * those that name it in `task_template` and belong to no entity.
 */
export function applyTaskTemplate(deps: EntityDeps, caller: Caller, owner: StoredRecord): void {
  const [template] = linksIn(owner.values['task_template']);
  if (template === undefined || owner.type === 'Task') return;
  const models = deps.storage
    .referring('Task', 'task_template', template)
    .filter(({ values }) => values['entity'] == null);
  const made = new Map(models.map((model) => [model.id, makeTask(deps, caller, owner, model)]));
  for (const model of models) connect(deps, model, made);
}

function makeTask(deps: EntityDeps, caller: Caller, owner: StoredRecord, model: StoredRecord): StoredRecord {
  const copied = valuesOf(model, COPIED);
  const own: Record<string, StoredValue> = {
    project: owner.values['project'] ?? null,
    entity: { type: owner.type, id: owner.id },
    template_task: { type: 'Task', id: model.id },
  };
  const given = { ...copied, ...own };
  const task = deps.storage.insert('Task', { ...defaultsFor(deps, caller, 'Task', given), ...given });
  deps.events.created(caller, task, []);
  return task;
}

/** The dependencies among the template's Tasks, now among the new ones. */
function connect(deps: EntityDeps, model: StoredRecord, made: ReadonlyMap<number, StoredRecord>): void {
  const task = made.get(model.id);
  if (task === undefined) return;
  const copyOf = ({ id }: EntityRef): EntityRef[] => {
    const copy = made.get(id);
    return copy === undefined ? [] : [{ type: 'Task', id: copy.id }];
  };
  if (deps.schema.relation('Task', 'upstream_tasks') === undefined) {
    const upstream = linksIn(model.values['upstream_tasks']).flatMap(copyOf);
    deps.storage.patch('Task', task.id, { upstream_tasks: upstream });
    return;
  }
  for (const dependency of deps.storage.referring('TaskDependency', 'task', model)) {
    const [before] = linksIn(dependency.values['dependent_task']).flatMap(copyOf);
    if (before === undefined) continue;
    const values = { ...valuesOf(dependency, DEPENDENCY), task: { type: 'Task', id: task.id } };
    deps.storage.insert('TaskDependency', { ...values, dependent_task: before });
  }
}

const valuesOf = (row: StoredRecord, names: readonly string[]): Record<string, StoredValue> =>
  Object.fromEntries(names.flatMap((name) => (row.values[name] == null ? [] : [[name, row.values[name]]])));
