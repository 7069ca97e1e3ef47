import type { Login, SessionUuid } from '../base/ids.ts';

/** A link as ShotGrid gives it: `name` is the target's display name. */
export interface EntityLink {
  readonly type: string;
  readonly id: number;
  readonly name: string | null;
}

/** The value of one field as read. Links are `EntityLink` or lists of them; floats stay strings (API 5.3). */
export type FieldValue = string | number | boolean | null | EntityLink | readonly EntityLink[] | object;

/**
 * A record with its asked fields by system name, attributes and relationships merged. A field that
 * ShotGrid left out (unknown, or a path it cannot follow, API 2.5) is absent.
 */
export interface Row {
  readonly type: string;
  readonly id: number;
  readonly fields: Readonly<Record<string, FieldValue>>;
}

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
}

/** Values to write, by system name, in the form that the API takes (API 5.2, 5.3). */
export type WriteValues = Readonly<Record<string, unknown>>;

export interface CallOptions {
  /** Ends the call when the client has gone or the request's time is over. */
  readonly signal?: AbortSignal;
}

/**
 * ShotGrid as one person. There is no other way to read or write it: every call carries a token that was
 * made with `sudo_as_login:<login>`, and a refusal is an error, never a fall-back to the script's rights.
 *
 * Errors: `IMPERSONATION_REFUSED`, `USER_INACTIVE`, `NO_SHOTGUN_USER`, `SHOTGUN_SUDO_REFUSED`,
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
}

export interface ActingOptions {
  /** Window of the launch that the request belongs to: its writes show up there (API 1.6). */
  readonly sessionUuid?: SessionUuid;
}

export interface Shotgun {
  /** The only door: ShotGrid as this person. */
  as(login: Login, options?: ActingOptions): ActingClient;
  /** Resolves where the site answers at all (`GET /api/v1`, no token); for readiness. */
  ping(options?: CallOptions): Promise<void>;
  close(): Promise<void>;
}
