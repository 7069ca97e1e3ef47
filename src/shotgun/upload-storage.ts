import { Agent } from 'undici';
import { AppError } from '../base/errors.ts';
import type { Config } from '../config/config.ts';

export interface StoredFile {
  readonly sizeBytes: number | null;
  /** Without quotes. */
  readonly etag: string | null;
}

/**
 * The storage behind the site, by presigned addresses (API 6). It knows no people, so these calls carry no token. Only
 * the origins of the settings are ever called, and no redirect is followed (F29).
 */
export interface UploadStorage {
  /**
   * That the address is one of the storage.
   *
   * @throws AppError UNAVAILABLE naming the origin that an administrator has to add
   */
  assertOurs(address: string): void;
  /**
   * What lies behind an address that may be read, without reading more of it than a byte; null where there are no bytes.
   *
   * @throws AppError UPSTREAM_UNAVAILABLE where the storage gives no clear answer
   */
  look(address: string, signal: AbortSignal): Promise<StoredFile | null>;
  close(): Promise<void>;
}

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
      const { origin, pathname, search } = new URL(address);
      try {
        // The signature allows GET only; a HEAD is refused (API 6.3).
        const { statusCode, headers, body } = await agent.request({
          origin,
          path: pathname + search,
          method: 'GET',
          headers: { range: 'bytes=0-0' },
          signal,
        });
        // A storage that ignores the range would send the whole file.
        body.on('error', () => undefined).destroy();
        if (statusCode === 404) return null;
        if (statusCode !== 200 && statusCode !== 206) throw new Error(`The storage answered ${statusCode}.`);
        return storedFile(headers);
      } catch (cause) {
        throw new AppError('UPSTREAM_UNAVAILABLE', { cause });
      }
    },
    close: () => agent.destroy(),
  };
}

function storedFile(headers: Readonly<Record<string, string | string[] | undefined>>): StoredFile {
  const range = /\/(?<size>\d+)$/u.exec(String(headers['content-range'] ?? ''))?.groups?.['size'];
  const size = range ?? headers['content-length'];
  return { sizeBytes: size === undefined ? null : Number(size), etag: plainEtag(headers['etag']) };
}

/** ETags come with quotes, and browsers and tools keep them or not (API 6.2). */
const plainEtag = (value: unknown): string | null =>
  typeof value === 'string' ? value.replaceAll('"', '') : null;
