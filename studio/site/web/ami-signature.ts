import { createHmac } from 'node:crypto';

export type AmiField = readonly [name: string, value: string];

/**
 * Signature of a menu item's fields (API 11.3): HMAC-SHA1 with the item's secret over the lines `name=value` CRLF of
 * every field but `signature`, sorted as whole lines, in lower-case hex. Whether fields without a value are among the
 * lines is unknown.
 */
export function amiSignature(fields: readonly AmiField[], secret: string, signsBlankFields: boolean): string {
  const lines = fields
    .filter(([name, value]) => name !== 'signature' && (signsBlankFields || value !== ''))
    .map(([name, value]) => Buffer.from(`${name}=${value}\r\n`))
    .sort((a, b) => Buffer.compare(a, b));
  return createHmac('sha1', secret).update(Buffer.concat(lines)).digest('hex');
}

/** The fields with `timestamp` and `signature` after them, as a page sends them. */
export function signedFields(
  fields: readonly AmiField[],
  { secret, nowMs, signsBlankFields }: { secret: string; nowMs: number; signsBlankFields: boolean },
): AmiField[] {
  const timestamp = `${new Date(nowMs).toISOString().slice(0, 19)}Z`;
  const all: AmiField[] = [...fields, ['timestamp', timestamp]];
  return [...all, ['signature', amiSignature(all, secret, signsBlankFields)]];
}
