import type { CallTimes, EntityLink, FieldValue, Row } from '../port/records.ts';
import { AppError } from '../../base/errors.ts';
import { bare } from '../../base/bare.ts';

/** Media types of API 2.3: the vendor's own for searches, JSON for writes, a form for tokens. */
export const MEDIA_TYPES = {
  form: 'application/x-www-form-urlencoded',
  json: 'application/json',
  search: 'application/vnd+shotgun.api3_hash+json',
} as const;

/** Identifies the script where a call names its person. No login starts with a colon. */
export const SCRIPT = ':script';

/** Whose share of the connections a call takes. */
export interface Share {
  /** The person, by an id that stays theirs. Never shown. */
  readonly of: string;
  /** False for calls that the person's other calls wait for, such as those for a token. They also go first. */
  readonly isBounded: boolean;
}

/** One HTTP call to the site, before a token is added. */
export interface HttpCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Path below `/api/v1`, with its query. */
  readonly path: string;
  /** True if `path` is relative to the origin instead. */
  readonly isUnversioned?: boolean;
  /** Its name in the log: no ids, no values. */
  readonly operation: string;
  readonly body?: { readonly mediaType: keyof typeof MEDIA_TYPES; readonly text: string };
  /**
   * True if a retry does no harm: reads and token requests. Anything else is sent once, because after a time-out
   * or a broken connection the write may still have happened (API 12.2, 11).
   */
  readonly isRepeatable: boolean;
  /**
   * True for a read: equal ones that are under way at once may be sent once. What is not marked may change something, or
   * makes something, as an address for an upload.
   */
  readonly isShareable?: boolean;
  /** True for a repetition: it takes no connection that the site may just be closing. */
  readonly isAgain?: boolean;
  /**
   * The statuses that confirm a write (API 5.1, 6.1, 9.3). Any other success comes from a system in between, such
   * as a portal that wants a sign-in.
   */
  readonly doneBy?: readonly number[];
  /** The person that the call belongs to. A limit that the site sets for one person must not stop the others. */
  readonly person?: string;
  /** Whose share of the connections it takes, if it has to stay within one. */
  readonly share?: Share;
  /** Updated while the call waits and runs. */
  readonly times?: CallTimes;
  /** Receives the times of the call when it begins to wait, and those of each retry. */
  readonly onTimed?: (times: CallTimes) => void;
  /** Called once the call was sent, or may have been. */
  readonly onSent?: () => void;
}

/** The site's answer to one call. */
export interface HttpAnswer {
  readonly status: number;
  /** The parsed JSON. Undefined if the body was empty or, with an error status, not JSON. */
  readonly body: unknown;
}

const TYPE = /^[A-Za-z]\w*$/u;

/**
 * `/entity/Version/42`. The site accepts the schema name in paths (API 2.2).
 *
 * @throws AppError BAD_USER_INPUT for an invalid type name, NOT_FOUND for an invalid id: nothing else may enter a
 * path
 */
export function entityPath(type: string, id?: number): string {
  if (!TYPE.test(type)) throw new AppError('BAD_USER_INPUT', { details: { reason: 'entityType' } });
  if (id === undefined) return `/entity/${type}`;
  if (!Number.isSafeInteger(id) || id < 1) throw new AppError('NOT_FOUND', { details: { entityType: type } });
  return `/entity/${type}/${id}`;
}

/*
 * This runs for every field of thousands of rows. So it checks by hand instead of with zod, and reuses the parsed JSON
 * objects as the row: copies would cost as much as parsing the JSON.
 */

type Fields = Record<string, unknown>;

/** Parses one resource of API 2.4 into a `Row`; undefined for any other value. It consumes the resource. */
export function parseRow(resource: unknown): Row | undefined {
  if (!isRecord(resource)) return undefined;
  const { type, id, attributes, relationships } = resource;
  if (typeof type !== 'string' || typeof id !== 'number') return undefined;
  const fields = (isRecord(attributes) ? attributes : {}) as Record<string, FieldValue>;
  if (isRecord(relationships)) {
    for (const name of Object.keys(relationships)) addField(fields, name, parseLinks(relationships[name]));
  }
  return { type, id, fields: bare(fields) };
}

function addField(fields: Record<string, FieldValue>, name: string, value: FieldValue): void {
  // The only name that an object which still has its prototype takes for something else.
  if (name !== '__proto__') fields[name] = value;
  else Object.defineProperty(fields, name, { value, enumerable: true, writable: true, configurable: true });
}

function parseLinks(relationship: unknown): EntityLink | readonly EntityLink[] | null {
  const data = isRecord(relationship) ? relationship['data'] : null;
  if (!Array.isArray(data)) return parseLink(data);
  const links: EntityLink[] = [];
  for (const element of data) {
    const link = parseLink(element);
    if (link !== null) links.push(link);
  }
  return links;
}

function parseLink(data: unknown): EntityLink | null {
  if (!isRecord(data)) return null;
  const { type, id, name } = data;
  if (typeof type !== 'string' || typeof id !== 'number') return null;
  return typeof name === 'string' ? (data as unknown as EntityLink) : { type, id, name: null };
}

/** Whether a value is a JSON object: neither null nor a list. */
export const isRecord = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
