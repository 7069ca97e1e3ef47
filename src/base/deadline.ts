import { setMaxListeners } from 'node:events';

/** An abort signal with a time limit, which can also be aborted earlier. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** Aborts the signal now. */
  abort(reason?: unknown): void;
  /** Releases the timer once the work is done. */
  end(): void;
}

/**
 * Replaces `AbortSignal.timeout` and `AbortSignal.any`: those keep all their listeners alive until the time is
 * over, and each minor garbage collection copies what the request had allocated.
 *
 * @param ms until the signal aborts with a `TimeoutError`
 */
export function startDeadline(ms: number): Deadline {
  const controller = new AbortController();
  // Each call under way adds a listener and removes it at its end. Node would warn of a leak from the eleventh on.
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
 * Runs work with a time limit. The work must react to the signal.
 *
 * @param parent aborts the work's signal with its own reason
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

/**
 * The result of work that knows no signal, for somebody who waits until theirs aborts. The work goes on.
 *
 * @param reason what it rejects with then; by default the reason of the signal
 */
export async function untilAborted<T>(
  signal: AbortSignal,
  work: Promise<T>,
  reason: () => unknown = () => signal.reason,
): Promise<T> {
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(reason());
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** True where a signal was aborted because the client disconnected, and not because of a timeout. */
export function hasLeft({ aborted, reason }: AbortSignal): boolean {
  return aborted && reason instanceof DOMException && reason.name === 'AbortError';
}
