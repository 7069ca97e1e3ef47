import type { EntityLink, FieldValue, RecordRef, WriteValues } from './records.ts';

/** `[path, relation, value]` as in `api3_hash`. */
export type FilterCondition = readonly [path: string, relation: string, value: unknown];

/** A filter tree in the form of `api3_hash`. */
export interface FilterGroup {
  readonly logical_operator: 'and' | 'or';
  readonly conditions: readonly (FilterCondition | FilterGroup)[];
}

/** A filter that all of these conditions have to meet; every row does where there are none. */
export const allOf = (...conditions: FilterGroup['conditions']): FilterGroup => ({
  logical_operator: 'and',
  conditions,
});

/** One page of the rows that match a filter. */
export interface SearchRequest {
  readonly type: string;
  readonly filter: FilterGroup;
  /** System names and dotted paths. Never empty: the effect of an omitted list is unknown (API 3.1). */
  readonly fields: readonly string[];
  /** Comma-separated as in the API, such as `code,-id`. */
  readonly sort?: string;
  /** 1 to 5000. */
  readonly pageSize: number;
  /** From 1. */
  readonly pageNumber?: number;
  readonly scope?: RowScope;
}

/** Which rows of a type are included. */
export interface RowScope {
  /** Only retired rows instead of only active ones (API 3.7). */
  readonly retired?: boolean;
  /** Default true: a launch may come from an archived project, and the site's own default is unknown (API 3.7). */
  readonly includeArchivedProjects?: boolean;
}

/** Summaries of the rows that match a filter, in nested groups (API 4.1). */
export interface SummarizeRequest {
  readonly type: string;
  readonly filter: FilterGroup;
  /** At most one type per field: the site silently uses the last one (API 4.1). */
  readonly summaries: readonly { readonly field: string; readonly type: string }[];
  readonly grouping: readonly {
    readonly field: string;
    readonly type: string;
    readonly direction: 'asc' | 'desc';
  }[];
  readonly scope?: RowScope;
}

/** One group of a summary. An empty name and value stand for the total. Values are keyed by field. */
export interface SummaryGroup {
  /** Rendered text; not unique (API 4.1). */
  readonly name: string;
  readonly value: FieldValue;
  readonly summaries: ReadonlyMap<string, unknown>;
  readonly groups: readonly SummaryGroup[];
}

/** One page of a search by words in names (API 4.2). */
export interface TextSearchRequest {
  readonly text: string;
  /** The filter for the rows of each type. */
  readonly types: ReadonlyMap<string, FilterGroup>;
  /** 1 to 25 (API 4.2). */
  readonly pageSize: number;
  readonly pageNumber: number;
}

/** One row that a text search found. */
export interface TextSearchHit {
  readonly type: string;
  readonly id: number;
  readonly name: string;
  /** Type and name of the row that it belongs to, for example its shot. */
  readonly linked: { readonly type: string; readonly name: string } | null;
  readonly status: string | null;
}

/** One write of a batch. */
export type BatchOperation =
  | { readonly kind: 'create'; readonly type: string; readonly values: WriteValues }
  | { readonly kind: 'update'; readonly type: string; readonly id: number; readonly values: WriteValues }
  | { readonly kind: 'delete'; readonly type: string; readonly id: number };

/** One entry of a note's thread: the note itself, a reply or a file (API 9.4). */
export interface ThreadEntry {
  readonly type: string;
  readonly id: number;
  readonly content: string | null;
  readonly createdAt: string | null;
  readonly author: EntityLink | null;
}

/** One page of an activity stream. */
export interface ActivityRequest {
  /** 1 to 500. */
  readonly limit: number;
  /** Only updates with a lower id. */
  readonly maxId?: number;
}

/** One entry of an activity stream (API 9.2). */
export interface ActivityUpdate {
  readonly id: number;
  /** create, update, delete or create_reply. */
  readonly kind: string;
  readonly createdAt: string | null;
  readonly entity: EntityLink;
  readonly author: EntityLink | null;
  /** The change, in the site's form. */
  readonly meta: unknown;
}

/** The allowed values of a field, as one person sees it in one project (API 7). */
export interface FieldInfo {
  readonly editable: boolean;
  readonly validValues: readonly string[];
  readonly displayValues: ReadonlyMap<string, string>;
  readonly hiddenValues: readonly string[];
  readonly validTypes: readonly string[];
  readonly defaultValue: unknown;
}

export type WrittenRecord = RecordRef;
