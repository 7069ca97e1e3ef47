import type { CallOptions, EntityLink, FieldValue, RecordRef, Row, WriteValues } from './records.ts';
import type { Login, SessionUuid } from '../../base/ids.ts';
import type { CallTimes } from './call-times.ts';
import type { Self, OwnWay, Standing } from './actor.ts';
import type { UploadSteps } from './upload-types.ts';

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

/**
 * ShotGrid as one person. There is no other way to read or write it: every call carries a token that was
 * made with `sudo_as_login:<login>` or is the person's own, and a refusal is an error, never a fall-back to the script's rights.
 *
 * Errors: `IMPERSONATION_REFUSED`, `OWN_ACCOUNT_NEEDED`, `USER_INACTIVE`, `MAPPING_CHANGED`, `NO_SHOTGUN_USER`, `SHOTGUN_SUDO_REFUSED`,
 * `UPSTREAM_AUTH`, `UPSTREAM_TIMEOUT`, `UPSTREAM_UNAVAILABLE`, `UPSTREAM_BROKEN` from any call;
 * `FORBIDDEN`, `NOT_FOUND`, `BAD_USER_INPUT`, `UPSTREAM_REJECTED` from the record asked for.
 */
export interface ActingClient {
  readonly login: Login;
  search(request: SearchRequest, options?: CallOptions): Promise<readonly Row[]>;
  /** The new record's id; what a create answers is too thin to use (API 5.1), read it again. */
  create(type: string, values: WriteValues, options?: CallOptions): Promise<{ type: string; id: number }>;
  update(type: string, id: number, values: WriteValues, options?: CallOptions): Promise<void>;
  /** Retires the record. */
  delete(type: string, id: number, options?: CallOptions): Promise<void>;
  /** True where the record was retired and is back, false where it was never away. */
  revive(type: string, id: number, options?: CallOptions): Promise<boolean>;
  /** All or nothing, in one call; what was written, in order (API 5.5). */
  batch(operations: readonly BatchOperation[], options?: CallOptions): Promise<readonly WrittenRecord[]>;
  summarize(request: SummarizeRequest, options?: CallOptions): Promise<SummaryGroup>;
  textSearch(request: TextSearchRequest, options?: CallOptions): Promise<readonly TextSearchHit[]>;
  /** Oldest first. */
  noteThread(noteId: number, options?: CallOptions): Promise<readonly ThreadEntry[]>;
  /** Newest first. */
  activity(
    target: RecordRef,
    request: ActivityRequest,
    options?: CallOptions,
  ): Promise<readonly ActivityUpdate[]>;
  followers(target: RecordRef, options?: CallOptions): Promise<readonly EntityLink[]>;
  /** What a person follows. The site gives no names (API 9.3). */
  following(personId: number, options?: CallOptions): Promise<readonly RecordRef[]>;
  follow(personId: number, targets: readonly RecordRef[], options?: CallOptions): Promise<void>;
  unfollow(personId: number, target: RecordRef, options?: CallOptions): Promise<void>;
  /** @param projectId hides the values that the project does not use */
  fieldInfo(
    place: { readonly type: string; readonly field: string; readonly projectId: number | null },
    options?: CallOptions,
  ): Promise<FieldInfo>;
  readonly uploads: UploadSteps;
}

export type WrittenRecord = RecordRef;

export interface ActingOptions {
  /**
   * `HumanUser.id` of the person who is meant. Every token is then seen to be theirs before it is used: `MAPPING_CHANGED`
   * where the login is somebody else's by now. Left out, whoever has the login is meant.
   */
  readonly personId?: number;
  /** Window of the launch that the request belongs to: its writes show up there (API 1.6). */
  readonly sessionUuid?: SessionUuid;
  /** By the person's own account, for whom `sudo` is not allowed; by `sudo` where left out. */
  readonly own?: OwnWay | null;
  /** Told of the times of each call. */
  readonly onTimed?: (times: CallTimes) => void;
}

export interface Shotgun {
  /** The only door: ShotGrid as this person. */
  as(login: Login, options?: ActingOptions): ActingClient;
  /**
   * Who has this login now, read as that person with a token that is made for it.
   *
   * @throws AppError NO_SHOTGUN_USER, AMBIGUOUS_USER, the refusals of `sudo`, or that the site is out of order
   */
  identify(login: Login): Promise<Self>;
  /**
   * Who the person is, not longer ago than the settings let anybody be acted for without asking again: it costs a call only
   * where their token is made anew. Undefined where no id was given.
   *
   * @throws AppError the refusals of any call
   */
  standing(login: Login, options: ActingOptions): Promise<Standing | undefined>;
  /** Resolves where the site answers (`GET /api/v1`, no token) and takes the script's key; for readiness, asked anew each time. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
