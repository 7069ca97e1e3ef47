import { setMaxListeners } from 'node:events';

/** A signal that ends after some time, or before. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** Ends it now. */
  abort(reason?: unknown): void;
  /** Lets go of it: what it was for is done. */
  end(): void;
}

/**
 * Not `AbortSignal.timeout` and `AbortSignal.any`: those live, with all that listens to them, until the time is over,
 * and each collection of young garbage copies what a request had made once more.
 *
 * @param ms until the signal ends with a `TimeoutError`
 */
export function startDeadline(ms: number): Deadline {
  const controller = new AbortController();
  // Each call under way listens, and lets go of it when it is over; Node takes more than ten for a leak and says so.
  setMaxListeners(0, controller.signal);
  const timeOut = (): void => controller.abort(new DOMException('The time is over.', 'TimeoutError'));
  const timer = setTimeout(timeOut, ms).unref();
  const end = (): void => clearTimeout(timer);
  return {
    signal: controller.signal,
    abort(reason) {
      end();
      controller.abort(reason);
    },
    end,
  };
}

/**
 * Runs work under a deadline, which the work itself has to heed.
 *
 * @param parent ends the work's signal with its own reason
 */
export async function withDeadline<T>(
  ms: number,
  parent: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = startDeadline(ms);
  const follow = (): void => deadline.abort(parent?.reason);
  parent?.addEventListener('abort', follow);
  if (parent?.aborted === true) follow();
  try {
    return await work(deadline.signal);
  } finally {
    deadline.end();
    parent?.removeEventListener('abort', follow);
  }
}

/** True where a signal ended because its client left, and not because the time was over. */
export function hasLeft({ aborted, reason }: AbortSignal): boolean {
  return aborted && reason instanceof DOMException && reason.name === 'AbortError';
}
