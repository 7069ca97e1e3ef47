import { Readable } from 'node:stream';
import { Agent } from 'undici';
import { AppError } from '../base/errors.ts';
import { HTTP_STATUS } from '../base/units.ts';
import type { Config } from '../config/config.ts';
import { toAbortError } from './wire/connection-errors.ts';

/** A file in the storage. A value is null if the storage does not report it. */
export interface StoredFile {
  readonly sizeBytes: number | null;
  /** Without its quotes. */
  readonly etag: string | null;
}

/**
 * The storage behind the site, reached by presigned addresses (API 6). It has no users, so these calls carry no
 * token. Only the origins in the settings are called, and no redirect is followed (F29).
 */
export interface UploadStorage {
  /**
   * Checks that the address belongs to the storage.
   *
   * @throws AppError UNAVAILABLE with the origin that an administrator has to add
   */
  assertOurs(address: string): void;
  /**
   * Size and ETag of the file at a readable address, reading at most one byte of it; null if there is no file.
   *
   * @throws AppError UPSTREAM_UNAVAILABLE if the storage gives no clear answer
   */
  look(address: string, signal: AbortSignal): Promise<StoredFile | null>;
  /**
   * Streams bytes no faster than the storage accepts them, and returns the ETag without its quotes.
   *
   * @throws AppError UPSTREAM_UNAVAILABLE; errors that the byte stream throws
   */
  put(address: string, bytes: AsyncIterable<Uint8Array>, file: SentFile): Promise<string>;
  close(): Promise<void>;
}

/** Size and media type of a file to send. */
export interface SentFile {
  readonly sizeBytes: number;
  readonly contentType: string;
  readonly signal: AbortSignal | undefined;
}

/** Creates the client of the storage. `timeoutMs` limits the connection and each pause of an answer. */
export function createUploadStorage({
  storageOrigins,
  timeoutMs,
}: Pick<Config['site'], 'storageOrigins' | 'timeoutMs'>): UploadStorage {
  const agent = new Agent({
    connect: { timeout: timeoutMs },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  });
  const assertOurs = (address: string): void => {
    const { origin } = new URL(address);
    if (storageOrigins.includes(origin)) return;
    throw new AppError('UNAVAILABLE', {
      message:
        'Files cannot be uploaded yet: an administrator has to add the storage of ShotGrid to SHOTGRAPH_SITE_STORAGE_ORIGINS.',
      details: { storageOrigin: origin },
    });
  };
  return {
    assertOurs,
    async look(address, signal) {
      assertOurs(address);
      return lookAt(agent, address, signal);
    },
    async put(address, bytes, file) {
      assertOurs(address);
      return sendTo(agent, address, bytes, file);
    },
    close: () => agent.destroy(),
  };
}

function placeOf(address: string): { readonly origin: string; readonly path: string } {
  const { origin, pathname, search } = new URL(address);
  return { origin, path: pathname + search };
}

async function lookAt(agent: Agent, address: string, signal: AbortSignal): Promise<StoredFile | null> {
  try {
    // The signature allows GET only; the storage refuses a HEAD (API 6.3).
    const headers = { range: 'bytes=0-0' };
    const answer = await agent.request({ ...placeOf(address), method: 'GET', headers, signal });
    // A storage that ignores the range would send the whole file.
    answer.body.on('error', () => undefined).destroy();
    if (answer.statusCode === HTTP_STATUS.NOT_FOUND) return null;
    if (answer.statusCode !== HTTP_STATUS.OK && answer.statusCode !== HTTP_STATUS.PARTIAL_CONTENT)
      throw refused(answer.statusCode);
    return storedFile(answer.statusCode, answer.headers);
  } catch (cause) {
    throw new AppError('UPSTREAM_UNAVAILABLE', { cause });
  }
}

async function sendTo(
  agent: Agent,
  address: string,
  bytes: AsyncIterable<Uint8Array>,
  { sizeBytes, contentType, signal }: SentFile,
): Promise<string> {
  try {
    const { statusCode, headers, body } = await agent.request({
      ...placeOf(address),
      method: 'PUT',
      // The signature covers a body of known length: the storage accepts no chunks.
      headers: { 'content-type': contentType, 'content-length': String(sizeBytes) },
      body: Readable.from(bytes, { objectMode: false }),
      signal: signal ?? null,
    });
    await body.dump();
    const etag = plainEtag(headers['etag']);
    if (statusCode !== HTTP_STATUS.OK || etag === null) throw refused(statusCode);
    return etag;
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    if (signal?.aborted === true) throw toAbortError(signal);
    throw new AppError('UPSTREAM_UNAVAILABLE', {
      message: 'The storage of ShotGrid did not take the file. Send it again.',
      cause,
    });
  }
}

/** The answer's text is not read: it may quote the address. */
const refused = (status: number): Error => new Error(`The storage answered ${status}.`);

/** With a range, `content-length` is the length of the range, and the total size may be unknown (RFC 9110, 14.4). */
function storedFile(
  status: number,
  headers: Readonly<Record<string, string | string[] | undefined>>,
): StoredFile {
  const range = /\/(?<size>\d+)$/u.exec(String(headers['content-range'] ?? ''))?.groups?.['size'];
  const size = status === HTTP_STATUS.PARTIAL_CONTENT ? range : headers['content-length'];
  return { sizeBytes: size === undefined ? null : Number(size), etag: plainEtag(headers['etag']) };
}

/** ETags arrive with quotes, and browsers and tools differ in keeping them (API 6.2). */
const plainEtag = (value: unknown): string | null =>
  typeof value === 'string' ? value.replaceAll('"', '') : null;
