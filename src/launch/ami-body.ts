import { AppError } from '../base/errors.ts';

/** One field as it was sent: form-decoded, but still bytes, because the signature is over bytes (A23). */
export interface AmiField {
  readonly name: Buffer;
  readonly value: Buffer;
}

/** ShotGrid sends about 25; more is an attempt to cost us work (A31). */
const MAX_FIELDS = 200;

const AMPERSAND = 0x26;
const EQUALS = 0x3d;
const PERCENT = 0x25;
const PLUS = 0x2b;
const SPACE = 0x20;

/**
 * Splits a body of `application/x-www-form-urlencoded` into its fields, in the order of arrival.
 *
 * `a=x+y&b=%41` -> `[{a, "x y"}, {b, "A"}]`
 *
 * Every parser on npm decodes to text (lossily where the bytes are not UTF-8), merges repeated names, or both; the
 * signature needs the exact bytes. A `%` without an escape after it is refused: no browser sends one.
 *
 * @throws AppError AMI_FIELDS where there are too many, AMI_ENCODING
 */
export function parseAmiBody(body: Uint8Array): AmiField[] {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const fields: AmiField[] = [];
  let start = 0;
  while (start <= bytes.length) {
    const found = bytes.indexOf(AMPERSAND, start);
    const end = found < 0 ? bytes.length : found;
    if (end > start) fields.push(parseField(bytes.subarray(start, end)));
    if (fields.length > MAX_FIELDS) throw new AppError('AMI_FIELDS');
    start = end + 1;
  }
  return fields;
}

function parseField(pair: Buffer): AmiField {
  const equals = pair.indexOf(EQUALS);
  return equals < 0
    ? { name: decode(pair), value: Buffer.alloc(0) }
    : { name: decode(pair.subarray(0, equals)), value: decode(pair.subarray(equals + 1)) };
}

function decode(encoded: Buffer): Buffer {
  if (!encoded.includes(PERCENT) && !encoded.includes(PLUS)) return encoded;
  const decoded = Buffer.alloc(encoded.length);
  let length = 0;
  for (let index = 0; index < encoded.length; index += 1) {
    const byte = encoded[index] ?? 0;
    if (byte === PERCENT) {
      decoded[length] = hexByte(encoded, index + 1);
      index += 2;
    } else decoded[length] = byte === PLUS ? SPACE : byte;
    length += 1;
  }
  return decoded.subarray(0, length);
}

function hexByte(bytes: Buffer, index: number): number {
  const digits = bytes.toString('latin1', index, index + 2);
  if (!/^[0-9A-Fa-f]{2}$/u.test(digits)) throw new AppError('AMI_ENCODING');
  return Number.parseInt(digits, 16);
}
