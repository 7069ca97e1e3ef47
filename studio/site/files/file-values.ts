import { createHash } from 'node:crypto';
import type { Caller } from '../ports.ts';
import type { Presigner } from './presign.ts';

/** Stored images and files that lie in the storage begin so; the rest is the key. */
const STORED = 'studio-file:';
/** An image whose picture is still being made; the other fields identify its upload. */
const PENDING = 'studio-pending:';
const PLACEHOLDERS = '/images/status/transient/';
/** An image of which no picture could be made. */
export const NO_PICTURE = '/images/status/thumbnail_failed.png';
/** Pictures that are drawn when they are asked for: those of the demo's rows and of movies. */
const DRAWN_PICTURE = /^thumbnails\/[\w-]+\/\d+\.png$/u;

export function storedFile(key: string): string {
  return STORED + key;
}

/** Value of an image until the picture of this upload is ready. */
export function pendingImage(uploadKey: string): string {
  return PENDING + uploadKey;
}

/** The picture of a movie, or of any other file that is not a picture itself. */
export function drawnPicture(attachmentId: number): string {
  return `thumbnails/Attachment/${attachmentId}.png`;
}

export const isDrawnPicture = (key: string): boolean => DRAWN_PICTURE.test(key);

export interface FileReader {
  readonly presigner: Presigner;
  readonly siteUrl: () => string;
}

/**
 * The value of an `image` or `url` field as the caller reads it: addresses in the storage are signed again on
 * every read, and name the acting person (API 6.3). Other values stay as they are.
 */
export function readableFile(reader: FileReader, caller: Caller, value: unknown): unknown {
  if (typeof value === 'string') return readableAddress(reader, caller, value);
  if (typeof value !== 'object' || value === null || !('url' in value)) return value;
  return { ...value, url: readableFile(reader, caller, value.url) };
}

function readableAddress({ presigner, siteUrl }: FileReader, { actor }: Caller, value: string): string {
  if (value.startsWith(PENDING)) return `${siteUrl()}${PLACEHOLDERS}thumbnail_pending.png`;
  if (value.startsWith(PLACEHOLDERS) || value === NO_PICTURE) return siteUrl() + value;
  const key = storageKey(value);
  if (key === null) return value;
  return presigner.sign('GET', key, {
    'x-amz-meta-user-id': String(actor.id),
    'x-amz-meta-user-type': actor.type,
  });
}

/** Key in the storage of a stored value of an image, or of the `url` of a file; null where it lies elsewhere. */
export function storageKey(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  if (value.startsWith(STORED)) return value.slice(STORED.length);
  return isDrawnPicture(value) ? value : null;
}

/** The log shows an image by an id; a placeholder is transient (API 9.1). */
export function imageIdentity(value: unknown): { id: number | null; isTransient: boolean } {
  if (typeof value !== 'string') return { id: null, isTransient: false };
  const isTransient = value.startsWith(PENDING) || value.includes(PLACEHOLDERS);
  const digest = createHash('md5').update(value).digest();
  return { id: digest.readUInt32BE() >>> 1, isTransient };
}
