import type { EntityRef, StoredRecord } from '../ports.ts';
import { linksIn } from '../storage/memory-storage.ts';
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
    const links = linksIn(record.values[node.path]);
    return node.values.some((token) =>
      token === 'logged_in_user_token'
        ? links.some(({ type, id }) => type === viewer.me.type && id === viewer.me.id)
        : links.some(({ type, id }) => type === 'Group' && viewer.groupIds.has(id)),
    );
  };
  return tree.logical_operator === 'and' ? tree.conditions.every(holds) : tree.conditions.some(holds);
}
