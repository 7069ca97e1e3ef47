import { AppError } from '../base/errors.ts';

/** The values of each field: several only where the field may be repeated. */
export type AmiTexts = ReadonlyMap<string, readonly string[]>;

/** Names of the fields that ShotGrid sends (API 11.2). */
export const AMI_FIELD_NAMES = [
  ...['user_id', 'user_login', 'entity_type', 'selected_ids', 'ids', 'title', 'page_id', 'server_hostname'],
  ...['referrer_path', 'session_uuid', 'cols', 'column_display_names', 'target_column', 'view'],
  ...['sort_column', 'sort_direction', 'sort_columns', 'sort_directions'],
  ...['grouping_column', 'grouping_method', 'grouping_direction'],
  ...['grouping_columns', 'grouping_methods', 'grouping_directions'],
  ...['project_name', 'project_id', 'timestamp', 'signature', 'event_log_entry_id'],
] as const;

/** ShotGrid repeats these for custom protocols. Whether it also repeats them in a form post is unknown (API 11.2). */
const REPEATED: ReadonlySet<string> = new Set(['cols', 'column_display_names']);

const FIRST_PRINTABLE = 0x20;
const DELETE = 0x7f;
const EQUALS_SIGN = 0x3d;

/** Control characters in values, including those beyond ASCII: some of them end a line. */
export const CONTROL = /\p{Cc}/u;

const isControl = (byte: number): boolean => byte < FIRST_PRINTABLE || byte === DELETE;

/**
 * Refuses names that could be mistaken for the frame of the signed text (A20), and repeated names (A16). It runs
 * before the signature check: the answer does not depend on the secret.
 */
export function assertAmiNames(fields: readonly AmiField[]): void {
  const seen = new Set<string>();
  for (const { name } of fields) {
    if (name.some((byte) => isControl(byte) || byte === EQUALS_SIGN)) throw new AppError('AMI_CONTROL_CHAR');
    const key = name.toString('latin1');
    if (seen.has(key) && !REPEATED.has(key)) throw new AppError('AMI_DUPLICATE');
    seen.add(key);
  }
}

/**
 * The fields as text. The signature does not protect field boundaries: a value with CR LF could have swallowed
 * another field and the signature would still match. Control characters are therefore refused despite a valid
 * signature (V8, V10, A19).
 *
 * @throws AppError AMI_CONTROL_CHAR, AMI_ENCODING (A23)
 */
export function amiTexts(fields: readonly AmiField[]): AmiTexts {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const texts = new Map<string, readonly string[]>();
  const decode = (bytes: Buffer, field: string | undefined): string => {
    try {
      return decoder.decode(bytes);
    } catch (cause) {
      throw refused('AMI_ENCODING', field, cause);
    }
  };
  for (const field of fields) {
    const name = decode(field.name, undefined);
    const text = decode(field.value, name);
    if (CONTROL.test(text)) throw refused('AMI_CONTROL_CHAR', name);
    texts.set(name, [...(texts.get(name) ?? []), text]);
  }
  return texts;
}

/** The error names the field: its name is part of what ShotGrid signed. */
function refused(
  code: 'AMI_ENCODING' | 'AMI_CONTROL_CHAR',
  field: string | undefined,
  cause?: unknown,
): AppError {
  return new AppError(code, { cause, ...(field !== undefined && { details: { field } }) });
}

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
