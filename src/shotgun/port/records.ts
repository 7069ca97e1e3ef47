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

/** Names one record. */
export interface RecordRef {
  readonly type: string;
  readonly id: number;
}

/** Values to write, by system name, in the form that the API takes (API 5.2, 5.3). */
export type WriteValues = Readonly<Record<string, unknown>>;

/** What the caller of any call may ask for beside its answer. */
export interface CallOptions {
  /** Ends the call when the client has gone or the request's time is over. */
  readonly signal?: AbortSignal;
  /** Told before the call fails or succeeds that it has left, or may have: without it nothing was sent. */
  readonly onSent?: () => void;
}
