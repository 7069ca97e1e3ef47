import { MS_PER_SECOND } from '../base/units.ts';
import { createHmac } from 'node:crypto';
import { isSameSecret } from '../base/digest.ts';
import type { AmiField } from './ami-body.ts';

const TIMESTAMP = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/u;

/** The time stamp of a menu item's post, `2026-09-04T17:42:30Z`. */
export function formatAmiTimestamp(timeMs: number): string {
  return `${new Date(timeMs - (timeMs % MS_PER_SECOND)).toISOString().slice(0, -5)}Z`;
}

/** Milliseconds since 1970; undefined for every other form and for impossible dates (A10). */
export function parseAmiTimestamp(text: string): number | undefined {
  if (!TIMESTAMP.test(text)) return undefined;
  const timeMs = Date.parse(text);
  return Number.isNaN(timeMs) || formatAmiTimestamp(timeMs) !== text ? undefined : timeMs;
}

const SIGNATURE_FIELD = 'signature';

/**
 * The signature of a menu item's fields (API 11.3): HMAC-SHA1 over the lines `name=value` CRLF of every field but
 * `signature`, sorted as whole lines, in lower-case hex.
 */
export function signAmiFields(
  fields: readonly (readonly [name: string, value: string])[],
  secret: string,
): string {
  return signatureOf(
    fields.map(([name, value]) => ({ name: Buffer.from(name), value: Buffer.from(value) })),
    secret,
  );
}

/**
 * Index of the secret that signed the post; undefined where none did.
 *
 * Whether blank fields are signed is unknown (API 11.3), so a signature over either text is accepted: both need
 * the secret. All candidates are computed, and compared in constant time, whatever the outcome (A3).
 */
export function verifyAmiSignature(
  fields: readonly AmiField[],
  secrets: readonly string[],
): number | undefined {
  const sent = fields.find(({ name }) => name.equals(Buffer.from(SIGNATURE_FIELD)))?.value ?? Buffer.alloc(0);
  const filled = fields.filter(({ value }) => value.length > 0);
  const texts = filled.length === fields.length ? [fields] : [fields, filled];
  let matching: number | undefined;
  secrets.forEach((secret, index) => {
    for (const text of texts) {
      if (isSameSecret(sent, signatureOf(text, secret))) matching ??= index;
    }
  });
  return matching;
}

function signatureOf(fields: readonly AmiField[], secret: string): string {
  const lines = fields
    .filter(({ name }) => !name.equals(Buffer.from(SIGNATURE_FIELD)))
    .map(({ name, value }) => Buffer.concat([name, Buffer.from('='), value, Buffer.from('\r\n')]))
    .sort((a, b) => Buffer.compare(a, b));
  const hmac = createHmac('sha1', secret);
  for (const line of lines) hmac.update(line);
  return hmac.digest('hex');
}
