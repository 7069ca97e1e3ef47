import type { EntityLink, FieldValue, RecordRef, WriteValues } from './records.ts';

/** `[path, relation, value]` as in `api3_hash`. */
export type FilterCondition = readonly [path: string, relation: string, value: unknown];

export interface FilterGroup {
  readonly logical_operator: 'and' | 'or';
  readonly conditions: readonly (FilterCondition | FilterGroup)[];
}

export interface SearchRequest {
  readonly type: string;
  readonly filter: FilterGroup;
  /** System names and dotted paths. Never empty: what an omitted list means is unknown (API 3.1). */
  readonly fields: readonly string[];
  /** Comma list of the API, such as `code,-id`. */
  readonly sort?: string;
  /** 1 to 5000. */
  readonly pageSize: number;
  /** From 1. */
  readonly pageNumber?: number;
  readonly scope?: RowScope;
}

/** Which rows of a type are looked at. */
export interface RowScope {
  /** Only retired rows instead of only active ones (API 3.7). */
  readonly retired?: boolean;
  /** True where left out: a launch may come from an archived project, and the site's own default is unknown (API 3.7). */
  readonly includeArchivedProjects?: boolean;
}

export interface SummarizeRequest {
  readonly type: string;
  readonly filter: FilterGroup;
  /** At most one type per field: the site takes the last and says nothing (API 4.1). */
  readonly summaries: readonly { readonly field: string; readonly type: string }[];
  readonly grouping: readonly {
    readonly field: string;
    readonly type: string;
    readonly direction: 'asc' | 'desc';
  }[];
  readonly scope?: RowScope;
}

/** One group of a summary, or with an empty name and value the whole. Values are keyed by field. */
export interface SummaryGroup {
  /** Rendered text; not unique (API 4.1). */
  readonly name: string;
  readonly value: FieldValue;
  readonly summaries: ReadonlyMap<string, unknown>;
  readonly groups: readonly SummaryGroup[];
}

export interface TextSearchRequest {
  readonly text: string;
  /** What must hold for rows of each type. */
  readonly types: ReadonlyMap<string, FilterGroup>;
  /** 1 to 25 (API 4.2). */
  readonly pageSize: number;
  readonly pageNumber: number;
}

export interface TextSearchHit {
  readonly type: string;
  readonly id: number;
  readonly name: string;
  /** Type and name of the row that it belongs to, such as its shot. */
  readonly linked: { readonly type: string; readonly name: string } | null;
  readonly status: string | null;
}

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

export interface ActivityRequest {
  /** 1 to 500. */
  readonly limit: number;
  /** Only updates before this one. */
  readonly maxId?: number;
}

export interface ActivityUpdate {
  readonly id: number;
  /** create, update, delete or create_reply. */
  readonly kind: string;
  readonly createdAt: string | null;
  readonly entity: EntityLink;
  readonly author: EntityLink | null;
  /** What happened, as the site tells it. */
  readonly meta: unknown;
}

/** What a field may hold, as one person sees it in one project (API 7). */
export interface FieldInfo {
  readonly editable: boolean;
  readonly validValues: readonly string[];
  readonly displayValues: ReadonlyMap<string, string>;
  readonly hiddenValues: readonly string[];
  readonly validTypes: readonly string[];
  readonly defaultValue: unknown;
}

export type WrittenRecord = RecordRef;
