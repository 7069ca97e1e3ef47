/** A link in ShotGrid's form: `name` is the target's display name. */
export interface EntityLink {
  readonly type: string;
  readonly id: number;
  readonly name: string | null;
}

/** The value of one field as read. Links are `EntityLink` or lists of them; floats stay strings (API 5.3). */
export type FieldValue = string | number | boolean | null | EntityLink | readonly EntityLink[] | object;

/**
 * A record with its requested fields by system name, attributes and relationships merged. A field that ShotGrid
 * left out (unknown, or a path it cannot follow, API 2.5) is absent.
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

/** Whether a value names a record: a link, with its name or without. */
export const isRecordRef = (value: unknown): value is RecordRef =>
  typeof value === 'object' &&
  value !== null &&
  'type' in value &&
  typeof value.type === 'string' &&
  'id' in value &&
  typeof value.id === 'number';

/** Values to write, by system name, in the form that the API accepts (API 5.2, 5.3). */
export type WriteValues = Readonly<Record<string, unknown>>;

/** Options of any call. */
export interface CallOptions {
  /** Aborts the call when the client has gone or the request's time is over. */
  readonly signal?: AbortSignal;
  /** Called before the call settles, if it was sent or may have been. If it is never called, nothing was sent. */
  readonly onSent?: () => void;
  /** Receives the times of each HTTP call when it begins to wait, and those of each retry. */
  readonly onTimed?: (times: CallTimes) => void;
}

/** The times of one call, by `performance.now()`. */
export interface CallTimes {
  /** When it began to wait in this server. */
  readonly askedAtMs: number;
  /** When it was sent to the site; null if it was not sent. */
  beganAtMs: number | null;
  /** When it ended; null while it waits or runs. */
  endedAtMs: number | null;
  /** True for a read that another request had sent, for this one as well. */
  readonly isJoined?: boolean;
}

/** Starts the clock of a call and hands its times to `onTimed`. */
export function beginTimes(
  { onTimed }: { readonly onTimed?: ((times: CallTimes) => void) | undefined },
  more: Pick<CallTimes, 'isJoined'> = {},
): CallTimes {
  const times: CallTimes = { askedAtMs: performance.now(), beganAtMs: null, endedAtMs: null, ...more };
  onTimed?.(times);
  return times;
}

/** Runs the work of a call and records when it ends, on success or failure. */
export async function untilEnded<T>(times: CallTimes, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    times.endedAtMs ??= performance.now();
  }
}
