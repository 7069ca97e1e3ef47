import type { EntityRef, StoredRecord, StoredValue } from '../ports.ts';
import type { ConditionTree } from './rules.ts';

/** Who `logged_in_user_token` and `logged_in_user_groups_token` stand for. */
export interface Viewer {
  readonly me: EntityRef;
  readonly groupIds: ReadonlySet<number>;
}

/** Whether a row meets the condition of a rule for this viewer. */
export function meets(tree: ConditionTree, record: StoredRecord, viewer: Viewer): boolean {
  const holds = (node: ConditionTree['conditions'][number]): boolean => {
    if ('conditions' in node) return meets(node, record, viewer);
    const links = linksOf(record.values[node.path]);
    return node.values.some((token) =>
      token === 'logged_in_user_token'
        ? links.some(({ type, id }) => type === viewer.me.type && id === viewer.me.id)
        : links.some(({ type, id }) => type === 'Group' && viewer.groupIds.has(id)),
    );
  };
  return tree.logical_operator === 'and' ? tree.conditions.every(holds) : tree.conditions.some(holds);
}

/** The links of a single or multi link field; none of any other value. */
export function linksOf(value: StoredValue | undefined): readonly EntityRef[] {
  if (typeof value !== 'object' || value === null) return [];
  return Array.isArray(value) ? (value as readonly EntityRef[]) : [value as EntityRef];
}
