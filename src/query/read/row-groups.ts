import DataLoader from 'dataloader';
import type { MutableNode } from '../decode/field-values.ts';
import type { EntitySelection } from '../ports/selection.ts';

export interface RowsWish {
  readonly type: string;
  readonly ids: readonly number[];
  readonly selection: EntitySelection;
}

type Nodes = ReadonlyMap<number, MutableNode>;

/**
 * Batches reads of one tick with one selection, including the links below: each row of a page may have one link
 * from another system.
 */
export function createRowGroups(source: {
  byId(read: RowsWish): Promise<Nodes>;
}): (wish: RowsWish) => Promise<Nodes> {
  const loader = new DataLoader<RowsWish, Nodes>(
    (wishes) => {
      const groups = groupsOf(wishes);
      const reads = new Map(
        [...groups].map(([selection, byType]) => [
          selection,
          new Map(
            [...byType].map(([type, ids]) => [
              type,
              source.byId({ type, ids: [...ids], selection }).catch(asError),
            ]),
          ),
        ]),
      );
      return Promise.all(
        wishes.map(async ({ type, selection }) => (await reads.get(selection)?.get(type)) ?? new Map()),
      );
    },
    { cache: false },
  );
  return (wish) => loader.load(wish);
}

function groupsOf(wishes: readonly RowsWish[]): Map<EntitySelection, Map<string, Set<number>>> {
  const groups = new Map<EntitySelection, Map<string, Set<number>>>();
  for (const { type, ids, selection } of wishes) {
    const byType = groups.get(selection) ?? new Map<string, Set<number>>();
    groups.set(selection, byType);
    const wanted = byType.get(type) ?? new Set<number>();
    byType.set(type, wanted);
    for (const id of ids) wanted.add(id);
  }
  return groups;
}

const asError = (error: unknown): Error =>
  error instanceof Error ? error : new Error('A read failed.', { cause: error });
