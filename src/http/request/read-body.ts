import { MIMEType } from 'node:util';
import type { Request } from 'express';
import { AppError, type ErrorCode } from '../../base/errors.ts';
import type { IncomingMessage } from 'node:http';

const FORM = 'application/x-www-form-urlencoded';

/** True for a form in UTF-8; another charset would read differently from the signed text (A25). */
export function isUtf8Form(contentType: string | undefined): boolean {
  try {
    const type = new MIMEType(contentType ?? '');
    return (
      type.essence === FORM &&
      [...type.params].every(([name, value]) => name === 'charset' && value.toLowerCase() === 'utf-8')
    );
  } catch {
    return false;
  }
}

/** Texts of a JSON body by name. Errors: `BAD_REQUEST` if one is missing or not a text. */
export function textsOf<Name extends string>(
  request: Request,
  names: readonly Name[],
): Readonly<Record<Name, string>> {
  const body = (request.body ?? {}) as Readonly<Record<string, unknown>>;
  const texts = names.map((name) => [name, body[name]] as const);
  for (const [, text] of texts) if (typeof text !== 'string') throw new AppError('BAD_REQUEST');
  return Object.fromEntries(texts) as Record<Name, string>;
}

/** A query parameter; '' if it is missing or repeated. */
export function queryTextOf(request: Request, name: string): string {
  const value = request.query[name];
  return typeof value === 'string' ? value : '';
}

const INITIAL_BYTES = 16_384;

interface BodyLimits {
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
