import type { CallTimes } from '../port/call-times.ts';

/** Media types of API 2.3: the vendor's own for searches, JSON for writes, a form for tokens. */
export const MEDIA_TYPES = {
  form: 'application/x-www-form-urlencoded',
  json: 'application/json',
  search: 'application/vnd+shotgun.api3_hash+json',
} as const;

/** Identifies the script where a call names its person. No login starts with a colon. */
export const SCRIPT = ':script';

/** One HTTP call to the site, before a token is added. */
export interface HttpCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Path below `/api/v1`, with its query. */
  readonly path: string;
  /** True if `path` is relative to the origin instead. */
  readonly isUnversioned?: boolean;
  /** Its name in the log: no ids, no values. */
  readonly operation: string;
  readonly body?: { readonly mediaType: keyof typeof MEDIA_TYPES; readonly text: string };
  /**
   * True if a retry does no harm: reads and token requests. Anything else is sent once, because after a time-out
   * or a broken connection the write may still have happened (API 12.2, 11).
   */
  readonly isRepeatable: boolean;
  /**
   * The statuses that confirm a write (API 5.1, 6.1, 9.3). Any other success comes from a system in between, such
   * as a portal that wants a sign-in.
   */
  readonly doneBy?: readonly number[];
  /** The person that the call belongs to. A limit that the site sets for one person must not stop the others. */
  readonly person?: string;
  /** Updated while the call waits and runs. */
  readonly times?: CallTimes;
  /** Receives the times of the call when it begins to wait, and those of each retry. */
  readonly onTimed?: (times: CallTimes) => void;
  /** Called once the call was sent, or may have been. */
  readonly onSent?: () => void;
}

export interface HttpAnswer {
  readonly status: number;
  /** The parsed JSON. Undefined if the body was empty or, with an error status, not JSON. */
  readonly body: unknown;
}
