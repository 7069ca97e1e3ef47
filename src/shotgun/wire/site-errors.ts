import { AppError, type ErrorCode } from '../../base/errors.ts';
import { HTTP_STATUS, isClientError } from '../../base/units.ts';
import { callError } from './connection-errors.ts';
import type { HttpAnswer, HttpCall } from './http-call.ts';
import { z } from 'zod';

const ENVELOPE = z.object({
  errors: z
    .array(
      z.object({
        id: z.string().nullish(),
        code: z.number().nullish(),
        title: z.string().nullish(),
        detail: z.string().nullish(),
        source: z.unknown(),
      }),
    )
    .min(1),
});

/** Messages quote sent values, which may be long. Lists of legal values fit within this limit. */
const MAX_READ_LENGTH = 20_000;

/** The site's explanation of a refused call (API 2.8). Never shown unfiltered: see `safeMessage`. */
interface SiteFailure {
  readonly status: number;
  /** False for a page of another system before the site: a proxy, a portal, a maintenance page. */
  readonly isOfSite: boolean;
  readonly id: string | null;
  readonly code: number | null;
  /** Title and detail: either may hold the message. */
  readonly messages: readonly string[];
  /** Names of the parameters at fault, if the site lists them. */
  readonly sources: readonly string[];
}

/** Parses an error answer. An answer without the site's envelope has `isOfSite` false and no messages. */
function parseSiteFailure(answer: HttpAnswer): SiteFailure {
  const envelope = ENVELOPE.safeParse(answer.body);
  const error = envelope.success ? envelope.data.errors[0] : undefined;
  const { source } = error ?? {};
  return {
    status: answer.status,
    isOfSite: envelope.success,
    id: /^[\w-]{1,64}$/u.exec(error?.id ?? '')?.[0] ?? null,
    code: error?.code ?? null,
    messages: [error?.title, error?.detail]
      .filter((text) => typeof text === 'string')
      .map((text) => text.slice(0, MAX_READ_LENGTH)),
    sources: typeof source === 'object' && source !== null ? Object.keys(source) : [],
  };
}

const MAX_MESSAGE_LENGTH = 300;

/**
 * The site's sentence without the text that follows it: permission rules with their condition trees (API 1.5),
 * echoed bodies, database errors, markup. Null if nothing is left.
 */
function safeMessage(failure: SiteFailure): string | null {
  const text = failure.messages.find((message) => message !== 'Not Found') ?? '';
  const [sentence = ''] = text.split(/(?:\bRules?:|\bRULE\b|PermissionRule|PG::|[{<\n\r])/u);
  return (
    sentence
      .replace(/[\u0000-\u001f\u007f]/gu, ' ')
      .slice(0, MAX_MESSAGE_LENGTH)
      .trim() || null
  );
}

interface Refusal {
  readonly pattern: RegExp;
  readonly code: ErrorCode;
  readonly reason: string;
}

const refusal = (pattern: RegExp, code: ErrorCode, reason: string): Refusal => ({ pattern, code, reason });

/** `[Task.content]`, `API update() Task.content`: how the site names the field. */
const PLACE = /(?:\[|API \w+\(\) )(?<entityType>[A-Z]\w*)\.(?<field>\w+)/u;
const TYPE_ONLY = /(?:Entity of type \[?|failed for (?:entity type )?\[)(?<entityType>[A-Z]\w*)/u;
/** `Entity of type [Shot] with id=999 does not exist.`: the id is the one we sent. */
const ABSENT_ID = /^Entity of type \[\w+\] with id=(?<id>\d+) does not exist/u;
/** A create wraps the plain message of an update (API 2.9). */
const START = String.raw`^(?:Invalid field value, update failed \[\d+ - )?`;

/**
 * Refusals of a record, first match wins (API 1.5, 2.9). Permission comes first, as it does on the site. The
 * patterns are anchored or named, because the messages quote values that a caller sent.
 */
const RECORD_REFUSALS: readonly Refusal[] = [
  refusal(new RegExp(`${START}The field is not editable for this user`, 'u'), 'FORBIDDEN', 'update'),
  refusal(/^Entity of type \w+ can ?not be accessed by this user/u, 'FORBIDDEN', 'read'),
  refusal(/^Entity of type \w+ can ?not be created by this user/u, 'FORBIDDEN', 'create'),
  refusal(/^Entity of type \w+ can ?not be deleted by this user/u, 'FORBIDDEN', 'delete'),
  refusal(/^Entity of type \w+ can ?not be \w+ by this user/u, 'FORBIDDEN', 'update'),
  refusal(/^Cannot edit read only entity /u, 'FORBIDDEN', 'readOnlyType'),
  refusal(/^Must sudo as/u, 'FORBIDDEN', 'role'),
  refusal(/^User promotion to active/u, 'BAD_USER_INPUT', 'promotion'),
  refusal(/\breflect_on_association\b/u, 'BAD_USER_INPUT', 'orphan'),
  refusal(/^Entity of type \[\w+\] with id=-?\d+ does not exist/u, 'NOT_FOUND', 'absent'),
  refusal(/^record_id must be greater than 0/u, 'NOT_FOUND', 'absent'),
  refusal(/^Error completing multipart upload/u, 'UPLOAD_INCOMPLETE', 'parts'),
  refusal(/ is not a valid (?:status|list value)\b/u, 'BAD_USER_INPUT', 'illegalValue'),
  refusal(/: Value is not legal/u, 'BAD_USER_INPUT', 'illegalValue'),
  refusal(/^API \w+\(\) \S+ expected \[.*\] data type/u, 'BAD_USER_INPUT', 'wrongClass'),
  refusal(/^Invalid data for '\w+' data type/u, 'BAD_USER_INPUT', 'unreadable'),
  refusal(/^Invalid date(?: time)? format/u, 'BAD_USER_INPUT', 'unreadable'),
  refusal(/^API \w+\(\) invalid\/missing entity hash/u, 'BAD_USER_INPUT', 'badLink'),
  refusal(/NumericValueOutOfRange|: Invalid statement\./u, 'BAD_USER_INPUT', 'outOfRange'),
  refusal(/is required to be unique/u, 'BAD_USER_INPUT', 'notUnique'),
  refusal(/There is already a connection between/u, 'BAD_USER_INPUT', 'notUnique'),
  refusal(/Cannot set identifier field to empty/u, 'BAD_USER_INPUT', 'emptyName'),
  refusal(/^API \w+\(\) missing 'project' attribute/u, 'BAD_USER_INPUT', 'missing'),
  refusal(/^API \w+\(\) \S+ is (?:read only|editable on create only)/u, 'BAD_USER_INPUT', 'readOnly'),
  refusal(/ data type (?:doesn't support|cannot be used in a filter)/u, 'BAD_USER_INPUT', 'operator'),
  refusal(/ 'relation' (?:expects|doesn't support)/u, 'BAD_USER_INPUT', 'operator'),
  refusal(/ expected, got /u, 'BAD_USER_INPUT', 'illegalValue'),
  refusal(
    /doesn't exist\.?$|^(?:Field|Entity type) '.*' does not exist/u,
    'UPSTREAM_REJECTED',
    'unknownName',
  ),
];

/** Advice for a refusal that needs more than the message of the error table. */
const ADVICE: Readonly<Record<string, string>> = {
  illegalValue:
    'ShotGrid does not take this value. Give a legal one; a link has to lead to a record that is still there.',
  wrongClass: 'ShotGrid does not take a value of this kind in this field. Give one of its data type.',
  unreadable: 'ShotGrid cannot read this value. Write it as the data type of the field wants it.',
  outOfRange: 'The number is too large: ShotGrid keeps whole numbers of 32 bits.',
  notUnique: 'Another record has this already, and ShotGrid keeps it unique. Give another value.',
  emptyName: 'ShotGrid keeps no record of this type with an empty name. Give one, or leave the name out.',
  missing: 'ShotGrid wants a project here. Give one.',
  readOnly: 'This field cannot be written, or only in a new record. Leave it out.',
  promotion:
    'ShotGrid makes no person active here. Give the status "dis"; an administrator makes the person active in ShotGrid.',
  orphan:
    'ShotGrid cannot delete a reply that belongs to nothing. Update it with an entity that is there, then delete it.',
  unknownName:
    'ShotGrid has no such type or field any more. An administrator has to pull its schema again (shotgraph schema pull).',
};

/** The place of a refusal whose text does not name it. */
const IMPLIED_PLACES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  promotion: { entityType: 'HumanUser', field: 'sg_status_list', legal: ['dis'] },
  orphan: { entityType: 'Reply', field: 'entity' },
};

/** Turns the refusal of a record, a field or a value into an error that names it and leaks no permission rules. */
export function toRecordError(answer: HttpAnswer, call: HttpCall): AppError {
  const failure = parseSiteFailure(answer);
  if (!isClientError(failure.status)) {
    return callError('UPSTREAM_BROKEN', call, { details: baseDetails(failure) });
  }
  const found = findRefusal(RECORD_REFUSALS, failure);
  const code = found?.refusal.code ?? (isAbsent(failure) ? 'NOT_FOUND' : 'UPSTREAM_REJECTED');
  const reason = found?.refusal.reason;
  const isTold = code !== 'FORBIDDEN' && code !== 'NOT_FOUND' && reason !== 'orphan';
  const upstreamMessage = isTold ? safeMessage(failure) : null;
  const message = found === undefined ? undefined : ADVICE[found.refusal.reason];
  return new AppError(code, {
    ...(message !== undefined && { message }),
    details: {
      ...baseDetails(failure),
      ...placeOf(failure),
      ...(reason !== undefined && { reason }),
      ...(reason !== undefined && IMPLIED_PLACES[reason]),
      ...absentId(found?.message),
      ...legalValues(found?.message),
      ...(upstreamMessage !== null && { upstreamMessage }),
    },
  });
}

/** Refusals of the token endpoint (API 1.4). Anchored, because they quote the login at the end. */
const TOKEN_REFUSALS: readonly Refusal[] = [
  refusal(/^Cannot 'sudo' - unknown or retired user:/u, 'NO_SHOTGUN_USER', 'unknown'),
  refusal(/^Cannot 'sudo' - inactive user account:/u, 'USER_INACTIVE', 'inactive'),
  refusal(
    /^Cannot 'sudo' - user account has 'can_impersonate_this_user' turned off:/u,
    'IMPERSONATION_REFUSED',
    'exempt',
  ),
  refusal(/^Cannot 'sudo'/u, 'IMPERSONATION_REFUSED', 'other'),
  refusal(/^The user does not have permission to 'sudo'/u, 'SHOTGUN_SUDO_REFUSED', 'scriptRight'),
  refusal(/^Can't authenticate script/u, 'UPSTREAM_AUTH', 'scriptKey'),
];
/** The reason of a refusal with an unknown text. It may concern the script or the person. */
export const UNKNOWN_WORDS = 'unknownWords';

/** Turns the token endpoint's answer into the error that explains why there is no token. */
export function toTokenError(answer: HttpAnswer): AppError {
  const failure = parseSiteFailure(answer);
  // Only an answer of the site itself may end a person's access.
  if (!isClientError(failure.status) || !failure.isOfSite) {
    return new AppError('UPSTREAM_BROKEN', { details: baseDetails(failure) });
  }
  const found = findRefusal(TOKEN_REFUSALS, failure);
  const { code = 'UPSTREAM_AUTH', reason = UNKNOWN_WORDS } = found?.refusal ?? {};
  return new AppError(code, { details: { ...baseDetails(failure), reason } });
}

/** True if another token may help. The 401s of roles and seats differ by text or code (API 2.8). */
export function isTokenRefusal(answer: HttpAnswer): boolean {
  if (answer.status !== HTTP_STATUS.UNAUTHORIZED) return false;
  const failure = parseSiteFailure(answer);
  return (failure.code ?? 102) === 102 && findRefusal(RECORD_REFUSALS, failure) === undefined;
}

function findRefusal(
  refusals: readonly Refusal[],
  failure: SiteFailure,
): { readonly refusal: Refusal; readonly message: string } | undefined {
  for (const candidate of refusals) {
    const message = failure.messages.find((text) => candidate.pattern.test(text));
    if (message !== undefined) return { refusal: candidate, message };
  }
  return undefined;
}

const isAbsent = (failure: SiteFailure): boolean =>
  failure.status === HTTP_STATUS.NOT_FOUND && failure.code === 104;

const baseDetails = (failure: SiteFailure): Record<string, unknown> => ({
  upstreamStatus: failure.status,
  ...(failure.id !== null && { upstreamErrorId: failure.id }),
});

function placeOf(failure: SiteFailure): Record<string, string> {
  const [text = ''] = failure.messages.filter((message) => message !== 'Not Found');
  const place = PLACE.exec(text)?.groups ?? TYPE_ONLY.exec(text)?.groups ?? {};
  if (/missing 'project' attribute/u.test(text)) return { field: 'project' };
  const [source = ''] = failure.sources;
  const fromSource = /^(?:[A-Z]\w*\.)?(?<field>[a-z_]\w*)$/u.exec(source)?.groups ?? {};
  return { ...fromSource, ...place };
}

/**
 * `... Valid statuses: 'a', 'b'.` -> ['a', 'b']. Takes the last such list, because the refused value is quoted
 * before it.
 */
function legalValues(message: string | undefined): { legal?: readonly string[] } {
  const start = [...(message ?? '').matchAll(LIST_START)].at(-1);
  if (start === undefined) return {};
  const [line = ''] = start.input.slice(start.index + start[0].length).split('\n');
  const end = line.lastIndexOf("'");
  return end === -1 ? {} : { legal: line.slice(0, end).split("', '") };
}

function absentId(message: string | undefined): { id?: number } {
  const id = ABSENT_ID.exec(message ?? '')?.groups?.['id'];
  return id === undefined ? {} : { id: Number(id) };
}

/**
 * Matches only the start of a list: matching all of it could backtrack over every character of a long value (F25).
 */
const LIST_START = /\bValid (?:statuses|list values): '/gu;
