import { AppError } from '../../base/errors.ts';

export interface LowestSpeed {
  readonly bytes: number;
  /** Of waiting for the sender: time that the receiver takes is not counted. */
  readonly perMs: number;
}

/** The bytes as they come. Whoever sends so slowly that it only holds a place is given up: `UPLOAD_INCOMPLETE`. */
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
    // Not waited for: it ends after the bytes that do not come.
    coming?.catch(() => undefined);
    iterator.return?.().catch(() => undefined);
  }
}

/** Undefined where it takes longer. */
async function within<T>(ms: number, work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<undefined>((resolve) => {
    // A transfer that was ended meanwhile keeps no process alive.
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
