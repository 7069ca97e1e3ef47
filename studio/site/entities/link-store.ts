import { SiteError, type EntityRef, type StoredValue } from '../ports.ts';
import { waitsFor } from './task-dependencies.ts';
import { linksAfter } from '../data-types/link-mode.ts';
import type { FieldModel } from '../schema-model/field-model.ts';
import { linksIn } from '../storage/memory-storage.ts';
import { fixedDefaults } from './defaults.ts';
import type { EntityDeps } from './entity-deps.ts';

/**
 * Sets a list of links of a row. Where the field shows a relation that is stored on the other rows, those are changed:
 * writing either end changes both (API 5.2).
 */
export function storeLinks(
  deps: EntityDeps,
  owner: EntityRef,
  field: FieldModel,
  links: readonly EntityRef[],
): void {
  const relation = deps.schema.relation(owner.type, field.name);
  if (relation === undefined) {
    deps.storage.patch(owner.type, owner.id, { [field.name]: links });
    return;
  }
  const record = deps.storage.get(owner.type, owner.id);
  const before = record === undefined ? [] : deps.values.links(record, field);
  const has = (list: readonly EntityRef[], ref: EntityRef): boolean =>
    list.some(({ type, id }) => type === ref.type && id === ref.id);
  const added = links.filter((ref) => !has(before, ref));
  const removed = before.filter((ref) => !has(links, ref));
  if (relation.kind === 'reverse') {
    for (const ref of added) link(deps, ref, relation.field, owner);
    for (const ref of removed) unlink(deps, ref, relation.field, owner);
    return;
  }
  const { type, near, far } = relation;
  for (const ref of added) {
    if (type === EDGE) assertNoLoop(deps, owner, ref, near === 'task');
    const ends = { [near]: { ...owner }, [far]: { type: ref.type, id: ref.id } };
    deps.storage.insert(type, {
      ...fixedDefaults(deps, type),
      ...ends,
      ...(type === EDGE && { offset_days: null }),
    });
  }
  const connections = deps.storage.referring(type, near, owner);
  for (const ref of removed) {
    const connection = connections.find(({ values }) => has(linksIn(values[far]), ref));
    if (connection === undefined) continue;
    if (type === EDGE) deps.storage.erase(type, connection.id);
    else deps.storage.setRetired(type, connection.id, true);
  }
}

/**
 * A dependency that is taken out of a list is gone for good, and one that is put into it has no offset, not even 0; its own
 * row is retired by a DELETE like any other (sg-groundtruth, finding 095).
 */
const EDGE = 'TaskDependency';

/** Links between Tasks are dependencies, whichever end they are written at. */
function assertNoLoop(deps: EntityDeps, owner: EntityRef, other: EntityRef, isUpstream: boolean): void {
  const [task, upstream] = isUpstream ? [owner, other] : [other, owner];
  if (!waitsFor(deps, upstream, task)) return;
  throw new SiteError(
    400,
    104,
    `Update failed for [Task.${isUpstream ? 'upstream_tasks' : 'downstream_tasks'}]: Can't create this dependency as it causes a loop.`,
  );
}

/** Puts the owner into the stored link of another row. Nothing is deleted by it but Replies (API 12.1, item 18). */
function link(deps: EntityDeps, { type, id }: EntityRef, name: string, owner: EntityRef): void {
  const isList = deps.schema.field(type, name)?.dataType === 'multi_entity';
  const before = linksIn(deps.storage.get(type, id)?.values[name]);
  const value: StoredValue = isList ? linksAfter('add', before, [owner]) : { type: owner.type, id: owner.id };
  deps.storage.patch(type, id, { [name]: value });
}

function unlink(deps: EntityDeps, { type, id }: EntityRef, name: string, owner: EntityRef): void {
  // Taking a Reply out of its Note deletes the Reply (API 8, Note).
  if (type === 'Reply' && name === 'entity') {
    deps.storage.setRetired(type, id, true);
    return;
  }
  const isList = deps.schema.field(type, name)?.dataType === 'multi_entity';
  const before = linksIn(deps.storage.get(type, id)?.values[name]);
  deps.storage.patch(type, id, { [name]: isList ? linksAfter('remove', before, [owner]) : null });
}
