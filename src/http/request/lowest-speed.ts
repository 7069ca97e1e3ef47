import { AppError } from '../../base/errors.ts';

export interface LowestSpeed {
  readonly bytes: number;
  /** Time spent waiting for the sender; the receiver's time is not counted. */
  readonly perMs: number;
}

/** Passes the bytes through. Abandons a sender so slow that it only occupies a place: `UPLOAD_INCOMPLETE`. */
export async function* notSlower(
  source: AsyncIterable<Uint8Array>,
  { bytes: least, perMs }: LowestSpeed,
): AsyncGenerator<Uint8Array> {
  const iterator = source[Symbol.asyncIterator]();
  let [waitedMs, got] = [0, 0];
  let coming: Promise<IteratorResult<Uint8Array>> | undefined;
  try {
    for (;;) {
      const begunMs = performance.now();
      coming ??= iterator.next();
      const next = await within(perMs - waitedMs, coming);
      if (next !== undefined) coming = undefined;
      waitedMs += performance.now() - begunMs;
      if (next?.done === true) return;
      got += next?.value.byteLength ?? 0;
      if (next === undefined || waitedMs >= perMs) {
        if (got < least) throw tooSlow();
        [waitedMs, got] = [0, 0];
      }
      if (next !== undefined) yield next.value;
    }
  } finally {
    // Not awaited: it ends when the sender's bytes fail to come.
    coming?.catch(() => undefined);
    iterator.return?.().catch(() => undefined);
  }
}

/** Undefined if it takes longer. */
async function within<T>(ms: number, work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<undefined>((resolve) => {
    // The timer of an ended transfer must not keep the process alive.
    timer = setTimeout(() => resolve(undefined), ms).unref();
  });
  try {
    return await Promise.race([work, over]);
  } finally {
    clearTimeout(timer);
  }
}

const tooSlow = (): AppError =>
  new AppError('UPLOAD_INCOMPLETE', {
    message:
      'The file arrives too slowly, and others wait for its place. Send it again over a better connection, or send its parts to the addresses of requestUpload.',
    details: { reason: 'tooSlow' },
  });
