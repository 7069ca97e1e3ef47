import type { Caller } from '../ports.ts';
import type { Presigner } from './presign.ts';

/** Stored images and files that lie in the storage begin so; the rest is the key. */
const STORED = 'studio-file:';
const PLACEHOLDER = '/images/status/transient/thumbnail_pending.png';

export function storedFile(key: string): string {
  return STORED + key;
}

/** Value of an image whose thumbnail is not ready yet. */
export function pendingImage(siteUrl: string): string {
  return siteUrl + PLACEHOLDER;
}

/**
 * The value of an `image` or `url` field as the caller reads it: addresses in the storage are signed anew on
 * every read, and name the acting person (API 6.3). Other values stay as they are.
 */
export function readableFile(presigner: Presigner, caller: Caller, value: unknown): unknown {
  if (typeof value === 'string') {
    if (!value.startsWith(STORED)) return value;
    return presigner.sign('GET', value.slice(STORED.length), {
      'x-amz-meta-user-id': String(caller.actor.id),
      'x-amz-meta-user-type': caller.actor.type,
    });
  }
  if (typeof value !== 'object' || value === null || !('url' in value)) return value;
  return { ...value, url: readableFile(presigner, caller, value.url) };
}
