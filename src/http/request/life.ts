import type { Response, RequestHandler } from 'express';
import { startDeadline } from '../../base/deadline.ts';
import { settledWithin } from '../../base/loop/settled-within.ts';
import type { ServerResponse } from 'node:http';
import { HTTP_STATUS } from '../../base/units.ts';
import { AppError } from '../../base/errors.ts';

/**
 * Aborts after some time, or when the client leaves before its answer, so that ShotGrid is not read for an answer that no client gets (F23).
 */
export function requestSignal(response: Response, ms: number): AbortSignal {
  const deadline = startDeadline(ms);
  const close = (): void => {
    if (response.writableFinished) deadline.end();
    else deadline.abort();
  };
  // A client that left during the session lookup fires no more `close` event.
  if (response.closed) close();
  else response.once('close', close);
  return deadline.signal;
}

/** Once the server stops, each answer closes its connection, so that a proxy sends its next request elsewhere. */
export class LastAnswers {
  readonly #open = new Set<ServerResponse>();
  #hasBegun = false;

  follow(response: ServerResponse): void {
    if (this.#hasBegun) {
      response.setHeader('Connection', 'close');
      return;
    }
    this.#open.add(response);
    response.once('close', () => this.#open.delete(response));
  }

  /** Pending answers close their connections too. */
  begin(): void {
    this.#hasBegun = true;
    for (const response of this.#open) {
      if (!response.headersSent) response.setHeader('Connection', 'close');
    }
    this.#open.clear();
  }
}

/** Work that requests still do after their connections are cut. The server's stop waits for it. */
export class UnderWay {
  readonly #all = new Set<Promise<unknown>>();

  async follow<T>(work: Promise<T>): Promise<T> {
    this.#all.add(work);
    try {
      return await work;
    } finally {
      this.#all.delete(work);
    }
  }

  /** Resolves when all work is done, or after this time: a connector may never finish. */
  settled(ms: number): Promise<void> {
    return settledWithin(ms, this.#all);
  }
}

const TIMER = 'bodyTimer';

/**
 * Abandons a body that arrives too slowly, whatever happens to its request (A39). Node has one such limit for all
 * requests; here the route that takes files can lift it.
 */
export function limitBodyTime(ms: number): RequestHandler {
  return (request, response, next) => {
    const hasBody =
      request.headers['transfer-encoding'] !== undefined ||
      Number(request.headers['content-length'] ?? 0) > 0;
    if (hasBody) {
      const timer = setTimeout(() => {
        if (request.complete) return;
        if (response.headersSent) request.destroy();
        else response.writeHead(HTTP_STATUS.REQUEST_TIMEOUT, { Connection: 'close' }).end();
      }, ms);
      response.locals[TIMER] = timer;
      request.once('close', () => clearTimeout(timer));
    }
    next();
  };
}

/** For a body that may be slow, once its sender is authenticated. */
export function liftBodyTime(response: Response): void {
  clearTimeout(response.locals[TIMER] as NodeJS.Timeout | undefined);
}

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
