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

/** The place of a row in a list: the content of a cursor. */
export interface RowPlace {
  /** Number of rows before it when it was read. */
  readonly position: number;
  readonly id: number;
  /** Values of the order's keys; null if ShotGrid cannot compare one of them. */
  readonly keys: readonly KeyValue[] | null;
  /** A fingerprint that replaces the keys and shows whether they have changed. Empty if there are keys. */
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
  /** 0 to the setting's limit. With 0 the page only says whether there is a row. */
  readonly first: number;
  /** The last row of the previous page; null at the start. */
  readonly after: RowPlace | null;
  /** True if the places of the rows are requested. */
  readonly isPlaced: boolean;
  readonly selection: EntitySelection;
  readonly scope?: RowScope;
}

export type CountRequest = Pick<PageRequest, 'type' | 'filter' | 'scope'>;

export interface Page {
  readonly nodes: readonly EntityNode[];
  /** One for each node if requested, otherwise none. */
  readonly places: readonly RowPlace[];
  /** Exact: one more row than requested was read. */
  readonly hasNextPage: boolean;
}

export const EMPTY_PAGE: Page = { nodes: [], places: [], hasNextPage: false };

/**
 * Reads of one request, as one person. Created per request; its state is never shared and ends with the request. A
 * row is read once per request.
 */
export interface EntityReader {
  /**
   * Checks before a write that rows of this type can be read with this selection: if the result could not be shown
   * after the write, the client would repeat it. Reads check by themselves.
   *
   * @throws AppError PLAN_TOO_LARGE if the request needs too many searches
   */
  reserve(type: string, selection: EntitySelection): Promise<void>;
  /**
   * The same for a page, whose search is not shared: call it before each `page`.
   *
   * @throws AppError PLAN_TOO_LARGE
   */
  reservePage(type: string, selection: EntitySelection): Promise<void>;
  /**
   * The entity, or null if it does not exist, is retired or hidden from the person (ShotGrid does not distinguish
   * these).
   */
  one(type: string, id: number, selection: EntitySelection): Promise<EntityNode | null>;
  /** In the order of `ids`; null for rows that the person cannot see. Any number of ids. */
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
   * Fills a link from outside a row, such as the entity of an update, as far as the selection goes. Costs nothing
   * if the link has every selected field, and keeps the link's fields if the person may not see the row.
   *
   * @param isNamed true if its name is selected
   */
  linked(link: EntityLink, selection: EntitySelection, isNamed: boolean): Promise<EntityNode>;
  /** Its searches were already counted by `reservePage`. */
  page(request: PageRequest): Promise<Page>;
  /** The number of rows on all pages together. A separate call: pages do not contain it (API 3.6). */
  count(request: CountRequest): Promise<number>;
  /** Everything is read again from here on: a write may change any row. */
  forget(): void;
  /** Marks a change: later reads share no searches with earlier ones. */
  beginPeriod(): void;
}

/** Writes of one request, as one person. Each write drops the rows read before it. */
export interface EntityWriter {
  call<T>(change: Changing<T>): Promise<T>;
  /** Sets the order of a playlist's versions; unnamed ones follow in their old order. */
  orderPlaylist(playlistId: number, versionIds: readonly number[]): Promise<void>;
}

/** ShotGrid's data besides its rows, as one person. */
export interface SiteFeatures {
  /** One separate call. */
  call<T>(reading: Reading<T>): Promise<T>;
  summarize(request: SummarizeRequest): Promise<SummaryGroup>;
  /** Each thread is one call. */
  noteThread(noteId: number): Promise<readonly ThreadEntry[]>;
  /** Ids of a playlist's versions in their manual order: playlists requested together share a call. */
  playlistOrder(playlistId: number): Promise<readonly number[]>;
  /** Threads and orders are read again from here on. */
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
