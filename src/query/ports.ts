import type { EntityLink, FilterGroup, WriteValues } from '../shotgun/shotgun.ts';
import type { EntityNode, EntitySelection } from './selection.ts';

export interface PageRequest {
  readonly type: string;
  readonly filter: FilterGroup;
  readonly sort: readonly { readonly field: string; readonly direction: 'asc' | 'desc' }[];
  /** 1 to the setting's limit. */
  readonly first: number;
  /** Rows to skip; from the cursor. */
  readonly offset: number;
  readonly selection: EntitySelection;
}

export interface Page {
  readonly nodes: readonly EntityNode[];
  /** Exact: one row more than asked was read. */
  readonly hasNextPage: boolean;
}

/**
 * Reads of one request, as one person. Made per request; nothing in it outlives the request or is shared. What was
 * read once in the request is not read again.
 */
export interface EntityReader {
  /** The entity, or null where it does not exist, is retired or may not be seen (ShotGrid tells them not apart). */
  one(type: string, id: number, selection: EntitySelection): Promise<EntityNode | null>;
  /** In the order of `ids`; null for what cannot be seen. Any number of ids. */
  many(
    type: string,
    ids: readonly number[],
    selection: EntitySelection,
  ): Promise<readonly (EntityNode | null)[]>;
  /**
   * A link that came from elsewhere than a row, such as a launch's project, filled as far as the selection goes. Costs
   * nothing where only id, type and name are selected, and keeps those where the row may not be seen.
   */
  linked(link: EntityLink, selection: EntitySelection): Promise<EntityNode>;
  page(request: PageRequest): Promise<Page>;
  /** Drops what was read: after a write, any row of it may have changed. */
  forget(): void;
}

/** Writes of one request, as one person. After a write the caller reads what the client selected. */
export interface EntityWriter {
  create(type: string, values: WriteValues): Promise<number>;
  update(type: string, id: number, values: WriteValues): Promise<void>;
  delete(type: string, id: number): Promise<void>;
  revive(type: string, id: number): Promise<boolean>;
}
