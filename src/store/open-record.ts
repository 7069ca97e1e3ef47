import { createDecipheriv } from 'node:crypto';

/** What opens a record, as its header must say. */
const ALGORITHM = 'dir';
const ENCRYPTION = 'A256GCM';
const IV_BYTES = 12;
const TAG_BYTES = 16;
const PARTS = /^(?<header>[\w-]+)\.\.(?<iv>[\w-]+)\.(?<sealed>[\w-]+)\.(?<tag>[\w-]+)$/u;

/** The names in the header of a record: one with another name, such as `crit` or `zip`, is not ours. */
const NAMES: ReadonlySet<string> = new Set(['alg', 'enc', 'kid', 'for', 'of', 'form']);

type Header = Readonly<Record<string, unknown>>;

/** A record of the vault, opened. */
export interface OpenedRecord {
  /** `for` which key it is, and `of` which place, in which `form`. */
  readonly header: Header;
  readonly keyId: string;
  readonly text: string;
}

/**
 * Opens a record that `jose` has written (RFC 7516, compact), in place: through WebCrypto each record waits for another
 * thread, and each request of a person opens two. Of all that a JWE may say it takes one form only: direct encryption by AES-256 in GCM,
 * with a tag of 16 bytes, by a key of ours. Undefined for any other record, and for one that was changed.
 */
export function openRecord(blob: string, keys: ReadonlyMap<string, Uint8Array>): OpenedRecord | undefined {
  const { header: head = '', iv: nonce = '', sealed = '', tag: proof = '' } = PARTS.exec(blob)?.groups ?? {};
  // Node's decoder overlooks a letter that is no whole byte: the record would open although it was changed.
  if ([head, nonce, sealed, proof].some((part) => part.length % 4 === 1)) return undefined;
  const [iv, tag] = [bytesOf(nonce), bytesOf(proof)];
  if (iv.length !== IV_BYTES || tag.length !== TAG_BYTES) return undefined;
  const header = headerOf(head);
  const { alg, enc, kid } = header ?? {};
  const key = typeof kid === 'string' ? keys.get(kid) : undefined;
  if (header === undefined || alg !== ALGORITHM || enc !== ENCRYPTION) return undefined;
  if (typeof kid !== 'string' || key === undefined) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(head, 'latin1'));
  decipher.setAuthTag(tag);
  try {
    const bytes = Buffer.concat([decipher.update(bytesOf(sealed)), decipher.final()]);
    return { header, keyId: kid, text: bytes.toString('utf8') };
  } catch {
    return undefined;
  }
}

const bytesOf = (text: string): Buffer => Buffer.from(text, 'base64url');

function headerOf(text: string): Header | undefined {
  try {
    const header: unknown = JSON.parse(bytesOf(text).toString('utf8'));
    if (typeof header !== 'object' || header === null) return undefined;
    return Object.keys(header).every((name) => NAMES.has(name)) ? { ...header } : undefined;
  } catch {
    return undefined;
  }
}
