import type { IncomingMessage } from 'node:http';
import { AppError, type ErrorCode } from '../../base/errors.ts';

const INITIAL_BYTES = 16_384;

export interface BodyLimits {
  readonly maxBytes: number;
  readonly tooLarge: ErrorCode;
}

/**
 * The whole body as bytes, refused as soon as it is too large: Express's parsers first wait for the end of such a
 * body, which an attacker never sends (A29). Copies into one buffer, so that a body sent in single bytes takes no
 * more memory than another.
 * Errors: `limits.tooLarge`, `BAD_REQUEST` if the body ends too early.
 */
export async function readBody(request: IncomingMessage, limits: BodyLimits): Promise<Buffer> {
  const { maxBytes, tooLarge } = limits;
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw new AppError(tooLarge);
  return new Promise((resolve, reject) => {
    let kept = Buffer.alloc(Math.min(INITIAL_BYTES, maxBytes));
    let size = 0;
    const settle = (): void => {
      request.off('data', take).off('end', end).off('error', cut).off('close', cut);
      // The rest is read and dropped until the answer closes the connection.
      request.on('error', () => undefined).resume();
    };
    const take = (chunk: Buffer): void => {
      const needed = size + chunk.length;
      if (needed > maxBytes) {
        settle();
        reject(new AppError(tooLarge));
        return;
      }
      if (needed > kept.length)
        kept = Buffer.concat([kept], Math.min(maxBytes, Math.max(needed, 2 * kept.length)));
      chunk.copy(kept, size);
      size = needed;
    };
    const end = (): void => {
      settle();
      resolve(kept.subarray(0, size));
    };
    const cut = (cause?: unknown): void => {
      settle();
      reject(new AppError('BAD_REQUEST', { cause }));
    };
    request.on('data', take).on('end', end).on('error', cut).on('close', cut);
  });
}
