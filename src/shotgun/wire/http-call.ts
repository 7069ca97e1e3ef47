import type { CallTimes } from '../port/call-times.ts';

/** Media types of API 2.3: the vendor's for searches only, JSON for writes, a form for tokens. */
export const MEDIA_TYPES = {
  form: 'application/x-www-form-urlencoded',
  json: 'application/json',
  search: 'application/vnd+shotgun.api3_hash+json',
} as const;

/** Stands for the script where a call names its person. No login starts with a colon. */
export const SCRIPT = ':script';

export interface HttpCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Path below `/api/v1`, with its query. */
  readonly path: string;
  /** True for a path that begins at the origin instead. */
  readonly isUnversioned?: boolean;
  /** What the log may call it: no ids, no values. */
  readonly operation: string;
  readonly body?: { readonly mediaType: keyof typeof MEDIA_TYPES; readonly text: string };
  /**
   * True where a second time does no harm: reads and token requests. Anything else is sent once, for a
   * time-out or a broken connection does not mean that nothing was written (API 12.2, 11).
   */
  readonly isRepeatable: boolean;
  /**
   * The statuses by which the site says that a write was done (API 5.1, 6.1, 9.3). Any other success comes from something
   * in between, such as a portal that wants a sign-in.
   */
  readonly doneBy?: readonly number[];
  /** Whose call it is. What the site answers to one person must not stop the others. */
  readonly person?: string;
  /** Kept up to date while the call waits and is under way. */
  readonly times?: CallTimes;
  /** Given the times of the call when it begins to wait, and those of each repeat. */
  readonly onTimed?: (times: CallTimes) => void;
  /** Told once the call has left, or may have. */
  readonly onSent?: () => void;
}

export interface HttpAnswer {
  readonly status: number;
  /** The parsed JSON; undefined where the body was empty or, beside an error status, not JSON. */
  readonly body: unknown;
}
