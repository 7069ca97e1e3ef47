import { createHash, timingSafeEqual } from 'node:crypto';

/** SHA-256 of a text or of bytes. The default form is safe in keys, names and URLs. */
export function sha256(
  data: string | Uint8Array,
  form: 'base64url' | 'base64' | 'hex' = 'base64url',
): string {
  return createHash('sha256').update(data).digest(form);
}

/**
 * Compares a secret with a received value in constant time, so that the duration does not reveal where they
 * differ.
 */
export function isSameSecret(one: string | Uint8Array, other: string | Uint8Array): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}
