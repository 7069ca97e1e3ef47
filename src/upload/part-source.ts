import type { Hash } from 'node:crypto';
import { AppError } from '../base/errors.ts';

/** Cuts a stream into parts. It reads only on demand, so a slow storage slows the sender down. */
export class PartSource {
  readonly #bytes: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array();

  constructor(bytes: AsyncIterable<Uint8Array>) {
    this.#bytes = bytes[Symbol.asyncIterator]();
  }

  /**
   * The next `sizeBytes` bytes, which also update the hash.
   *
   * @throws AppError UPLOAD_INCOMPLETE if the stream ends earlier
   */
  async *take(sizeBytes: number, hash: Hash): AsyncGenerator<Uint8Array> {
    let missing = sizeBytes;
    while (missing > 0) {
      // A stream comes piece by piece.
      const chunk = await this.#next();
      if (chunk === undefined) throw endedEarly();
      const taken = chunk.subarray(0, missing);
      this.#rest = chunk.subarray(taken.length);
      missing -= taken.length;
      hash.update(taken);
      yield taken;
    }
  }

  /** @throws AppError TOO_LARGE if more bytes come than announced */
  async assertOver(): Promise<void> {
    if ((await this.#next()) === undefined) return;
    throw new AppError('TOO_LARGE', {
      message: 'More bytes came than the upload was requested for. Request it for the whole file.',
    });
  }

  async #next(): Promise<Uint8Array | undefined> {
    if (this.#rest.length > 0) {
      const rest = this.#rest;
      this.#rest = new Uint8Array();
      return rest;
    }
    try {
      const { done, value } = await this.#bytes.next();
      return done === true ? undefined : value;
    } catch (cause) {
      // A file that was too slow keeps its own error.
      throw cause instanceof AppError ? cause : endedEarly(cause);
    }
  }
}

const endedEarly = (cause?: unknown): AppError =>
  new AppError('UPLOAD_INCOMPLETE', {
    message: 'The file ended before all its bytes had come. Send it again.',
    details: { reason: 'tooFewBytes' },
    cause,
  });
