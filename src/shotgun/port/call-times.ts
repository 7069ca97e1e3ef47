/** The times of one call, by `performance.now()`. */
export interface CallTimes {
  /** It began to wait in this server. */
  readonly askedAtMs: number;
  /** It was sent to the site; null where that has not happened. */
  beganAtMs: number | null;
  /** It is over; null while it waits or is under way. */
  endedAtMs: number | null;
}

export function beginTimes({
  onTimed,
}: {
  readonly onTimed?: ((times: CallTimes) => void) | undefined;
}): CallTimes {
  const times: CallTimes = { askedAtMs: performance.now(), beganAtMs: null, endedAtMs: null };
  onTimed?.(times);
  return times;
}

/** Runs the work of a call, and notes when it is over, however it ends. */
export async function untilEnded<T>(times: CallTimes, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    times.endedAtMs ??= performance.now();
  }
}
