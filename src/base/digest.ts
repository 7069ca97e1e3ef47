import { createHash, timingSafeEqual } from 'node:crypto';

/** SHA-256 of a text or of bytes. By default as text that can stand in keys, names and addresses. */
export function sha256(
  data: string | Uint8Array,
  form: 'base64url' | 'base64' | 'hex' = 'base64url',
): string {
  return createHash('sha256').update(data).digest(form);
}

/** Compares a secret with what somebody sent. The time that it takes tells nothing of where the two differ. */
export function isSameSecret(one: string | Uint8Array, other: string | Uint8Array): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}
