/** The times of one call, by `performance.now()`. */
export interface CallTimes {
  /** When it began to wait in this server. */
  readonly askedAtMs: number;
  /** When it was sent to the site; null if it was not sent. */
  beganAtMs: number | null;
  /** When it ended; null while it waits or runs. */
  endedAtMs: number | null;
}

/** Starts the clock of a call and hands its times to `onTimed`. */
export function beginTimes({
  onTimed,
}: {
  readonly onTimed?: ((times: CallTimes) => void) | undefined;
}): CallTimes {
  const times: CallTimes = { askedAtMs: performance.now(), beganAtMs: null, endedAtMs: null };
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
