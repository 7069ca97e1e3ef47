import { randomBytes } from 'node:crypto';

declare const brand: unique symbol;
type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** A `HumanUser.login` of ShotGrid: the only value that `sudo_as` accepts (API 1.4). */
export type Login = Brand<string, 'Login'>;
/** The `sub` of an identity provider. Unique only together with its issuer. */
export type Subject = Brand<string, 'Subject'>;
/** Unguessable id of a launch; part of URLs. */
export type LaunchId = Brand<string, 'LaunchId'>;
/** The value of the session cookie. Never stored, never logged: the store has only its hash. */
export type SessionToken = Brand<string, 'SessionToken'>;
/** Hash of a session cookie's value: the session's key in the store. */
export type SessionId = Brand<string, 'SessionId'>;
/** UUID of the ShotGrid browser window that a launch came from (API 1.6). */
export type SessionUuid = Brand<string, 'SessionUuid'>;

/**
 * ShotGrid logins are free text. Undefined where the text is empty, padded, too long or contains control
 * characters.
 */
export function parseLogin(text: string): Login | undefined {
  return text.length > 0 && text.length <= 255 && text === text.trim() && !/[\u0000-\u001f\u007f]/u.test(text)
    ? (text as Login)
    : undefined;
}

/** @param claim `sub` as the provider sent it: usually a text */
export function parseSubject(claim: unknown): Subject | undefined {
  return typeof claim === 'string' && claim.length > 0 && claim.length <= 255
    ? (claim as Subject)
    : undefined;
}

const MAX_ROW_ID = 2_147_483_647;

/** True for a number that can be the id of a row of ShotGrid: those are from 1 to the largest `Int`. */
export const isRowId = (id: unknown): id is number =>
  typeof id === 'number' && Number.isInteger(id) && id >= 1 && id <= MAX_ROW_ID;

const TOKEN_PATTERN = /^[A-Za-z0-9_-]{43}$/u;

/** 256 random bits as 43 base64url characters, for unguessable ids and cookie values. */
export function randomToken(): string {
  return randomBytes(32).toString('base64url');
}

/** True for the form that `randomToken` makes: a look-up can refuse any other text without reading the store. */
export function isRandomToken(text: string): boolean {
  return TOKEN_PATTERN.test(text);
}

const UUID_PATTERN = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/iu;

/** Undefined where the text is not a UUID. */
export function parseSessionUuid(text: string): SessionUuid | undefined {
  return UUID_PATTERN.test(text) ? (text.toLowerCase() as SessionUuid) : undefined;
}
