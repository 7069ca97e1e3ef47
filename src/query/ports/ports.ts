import type { Changing, Reading } from '../../shotgun/client/operation.ts';
import type {
  ActivityUpdate,
  BatchOperation,
  FieldInfo,
  FilterGroup,
  RowScope,
  SummarizeRequest,
  SummaryGroup,
  TextSearchHit,
  ThreadEntry,
} from '../../shotgun/port/requests.ts';
import type { EntityLink, RecordRef, WriteValues } from '../../shotgun/port/records.ts';
import type { EntityNode, EntitySelection } from './selection.ts';

export type KeyValue = string | number | null;

/** Where a row stands in a list: what a cursor says. */
export interface RowPlace {
  /** Rows before it when it was read. */
  readonly position: number;
  readonly id: number;
  /** Values of the keys of the order; null where ShotGrid cannot compare one of them. */
  readonly keys: readonly KeyValue[] | null;
  /** In place of the keys: tells whether they have changed. Empty where there are keys. */
  readonly mark: string;
}

export interface SortKey {
  /** System name or dotted path through single links (API 3.4). */
  readonly field: string;
  readonly direction: 'asc' | 'desc';
}

export interface PageRequest {
  readonly type: string;
  readonly filter: FilterGroup;
  readonly sort: readonly SortKey[];
  /** 1 to the setting's limit. */
  readonly first: number;
  /** The row that was read last; null at the beginning. */
  readonly after: RowPlace | null;
  /** Whether the places of the rows are asked. */
  readonly isPlaced: boolean;
  readonly selection: EntitySelection;
  readonly scope?: RowScope;
}

export type CountRequest = Pick<PageRequest, 'type' | 'filter' | 'scope'>;

export interface Page {
  readonly nodes: readonly EntityNode[];
  /** One for each node where they are asked, none otherwise. */
  readonly places: readonly RowPlace[];
  /** Exact: one row more than asked was read. */
  readonly hasNextPage: boolean;
}

/**
 * Reads of one request, as one person. Made per request; nothing in it outlives the request or is shared. What was
 * read once in the request is not read again.
 */
export interface EntityReader {
  /**
   * Makes sure beforehand that rows of this type can be read with this selection: what is written for nothing to be
   * shown afterwards would be written twice. Reads do it themselves.
   *
   * @throws AppError PLAN_TOO_LARGE where the request needs too many searches
   */
  reserve(type: string, selection: EntitySelection): Promise<void>;
  /**
   * The same for a page, which nothing else shares its search with: comes before each `page`.
   *
   * @throws AppError PLAN_TOO_LARGE
   */
  reservePage(type: string, selection: EntitySelection): Promise<void>;
  /** The entity, or null where it does not exist, is retired or may not be seen (ShotGrid tells them not apart). */
  one(type: string, id: number, selection: EntitySelection): Promise<EntityNode | null>;
  /** In the order of `ids`; null for what cannot be seen. Any number of ids. */
  many(
    type: string,
    ids: readonly number[],
    selection: EntitySelection,
  ): Promise<readonly (EntityNode | null)[]>;
  /** The same for rows whose searches were counted with the row that they are shown in. */
  manyCounted(
    type: string,
    ids: readonly number[],
    selection: EntitySelection,
  ): Promise<readonly (EntityNode | null)[]>;
  /**
   * A link that came from elsewhere than a row, such as the entity of an update, filled as far as the selection goes. Costs
   * nothing where no more is asked than the link has, and keeps that where the row may not be seen.
   *
   * @param isNamed whether its name is asked
   */
  linked(link: EntityLink, selection: EntitySelection, isNamed: boolean): Promise<EntityNode>;
  /** Its searches have been counted by `reservePage`. */
  page(request: PageRequest): Promise<Page>;
  /** How many rows there are on all pages together. One call of its own: pages do not tell (API 3.6). */
  count(request: CountRequest): Promise<number>;
  /** Everything is read anew from here on: after a write, any row may have changed. */
  forget(): void;
  /** A change comes: what was counted for reads before it is not shared with reads after it. */
  beginPeriod(): void;
}

/** Writes of one request, as one person. What was read before a write is forgotten by it. */
export interface EntityWriter {
  call<T>(change: Changing<T>): Promise<T>;
  /** Gives the versions of a playlist this order; those that are not named come after, as they were. */
  orderPlaylist(playlistId: number, versionIds: readonly number[]): Promise<void>;
}

/** What ShotGrid tells beside its rows, as one person. */
export interface SiteFeatures {
  /** One call, of its own. */
  call<T>(reading: Reading<T>): Promise<T>;
  summarize(request: SummarizeRequest): Promise<SummaryGroup>;
  /** Each thread is one call. */
  noteThread(noteId: number): Promise<readonly ThreadEntry[]>;
  /** Ids of a playlist's versions in the order that people gave them: playlists that are asked for together share a call. */
  playlistOrder(playlistId: number): Promise<readonly number[]>;
  /** Threads and orders are read anew from here on. */
  forget(): void;
}

export type {
  ActivityUpdate,
  BatchOperation,
  EntityLink,
  FieldInfo,
  RecordRef,
  RowScope,
  SummaryGroup,
  TextSearchHit,
  ThreadEntry,
  WriteValues,
};
