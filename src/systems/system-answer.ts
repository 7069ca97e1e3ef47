import { AppError } from '../base/errors.ts';
import { HTTP_STATUS, KIB } from '../base/units.ts';
import type { RefusalPlaces } from '../config/config.ts';
import { type Said, saidOf } from './said.ts';
import type { SystemCall } from './system-call.ts';

const WITHOUT_CONTENT: ReadonlySet<number> = new Set([HTTP_STATUS.NO_CONTENT, HTTP_STATUS.RESET_CONTENT]);
const MAX_REFUSAL_BYTES = 64 * KIB;

/** What was sent with the call of each answer in JSON, and must not be shown. */
const sentWith = new WeakMap<object, readonly string[]>();

/**
 * True if a value quotes the credentials of the call that got this answer: some servers do so in their errors.
 *
 * @param value of the answer, or taken from it; the whole answer unless given
 */
export const quotesSecrets = (answer: unknown, value: unknown = answer): boolean =>
  typeof answer === 'object' &&
  answer !== null &&
  (sentWith.get(answer) ?? []).some((secret) => quotes(value, secret));

/**
 * Reads the answer as the connector wants it.
 *
 * @param secrets see `quotesSecrets`
 * @throws AppError SYSTEM_BROKEN if it is too large or not what it should be; the fault of a connection that ends
 */
export async function readAnswer(
  system: string,
  { method, as, maxBytes }: Pick<SystemCall, 'method' | 'as' | 'maxBytes'>,
  answer: Response,
  secrets: readonly string[],
): Promise<unknown> {
  const broken = (reason: string): AppError => new AppError('SYSTEM_BROKEN', { details: { system, reason } });
  const bytes = await bytesOf(answer, maxBytes);
  if (bytes === 'tooLarge') throw broken('tooLarge');
  if (WITHOUT_CONTENT.has(answer.status)) return null;
  if (as === 'bytes') return new Uint8Array(bytes);
  const text = decoded(answer, bytes);
  if (text === undefined) throw broken('charset');
  if (as === 'text') return text;
  // A change may be answered by nothing at all. A read that gets nothing with 200 was cut off: it is not told as
  // "there is none".
  if (text.trim() === '' && method !== 'GET') return null;
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json === 'object' && json !== null) sentWith.set(json, secrets);
    return json;
  } catch {
    // Its text is neither shown nor logged.
    throw broken('json');
  }
}

/**
 * What a refusal says, at the places of the settings. A body that cannot be read says nothing: the refusal holds
 * all the same.
 *
 * @param secrets what was sent and must not be shown: some servers quote the request in their errors
 */
export async function readRefusal(
  answer: Response,
  places: RefusalPlaces | undefined,
  secrets: readonly string[],
): Promise<Said> {
  const isJson = /[/+]json\s*(?:;|$)/iu.test(answer.headers.get('content-type') ?? '');
  if (places === undefined || !isJson) {
    await answer.body?.cancel();
    return {};
  }
  try {
    const bytes = await bytesOf(answer, MAX_REFUSAL_BYTES);
    const text = bytes === 'tooLarge' ? undefined : decoded(answer, bytes);
    if (text === undefined) return {};
    const json: unknown = JSON.parse(text);
    const said = saidAt(places, json);
    return secrets.some((secret) => quotes(json, secret) || quotes(said, secret)) ? {} : said;
  } catch {
    return {};
  }
}

/** In its own notation of JSON, because one character has several: some servers write `\/` for a slash. */
function quotes(json: unknown, secret: string): boolean {
  try {
    return JSON.stringify(json).includes(JSON.stringify(secret).slice(1, -1));
  } catch {
    // It is nested so deep that it can be read but not written: nobody knows what it quotes.
    return true;
  }
}

/** @param json where the places begin */
export function saidAt({ message, path, code }: RefusalPlaces, json: unknown): Said {
  return saidOf({
    message: valueAt(json, message),
    ...(path !== null && { path: valueAt(json, path) }),
    ...(code !== null && { code: valueAt(json, code) }),
  });
}

/** @param place names of keys and positions in lists, such as `errors.0.message` */
function valueAt(json: unknown, place: string): unknown {
  let value: unknown = json;
  for (const key of place.split('.')) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Object.getOwnPropertyDescriptor(value, key)?.value;
  }
  return value;
}

async function bytesOf(answer: Response, maxBytes: number): Promise<Buffer | 'tooLarge'> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of answer.body ?? []) {
    bytes += part.byteLength;
    // Leaving the loop ends the connection.
    if (bytes > maxBytes) return 'tooLarge';
    parts.push(part);
  }
  return Buffer.concat(parts);
}

const CHARSET = /;\s*charset\s*=\s*"?([^\s";]+)/iu;

/**
 * The text in the charset that the answer names, UTF-8 unless it names one. A byte order mark is dropped: JSON does
 * not begin with it. Undefined if the bytes are none of that charset: letters would be replaced by others.
 */
function decoded(answer: Response, bytes: Uint8Array): string | undefined {
  const charset = CHARSET.exec(answer.headers.get('content-type') ?? '')?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
