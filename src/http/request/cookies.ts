import { parseCookie, stringifySetCookie, type SetCookie } from 'cookie';
import type { Request, Response } from 'express';
import {
  ATTEMPT_COOKIE_PREFIX,
  ATTEMPT_KEPT_MS,
  type AttemptCookies,
} from '../../identity/session/attempts.ts';
import { SIGN_OUT_LIFE_MS } from '../../identity/session/provider-sign-outs.ts';
import { AppError } from '../../base/errors.ts';
import { MS_PER_SECOND } from '../../base/units.ts';
import type { SessionKind } from '../../identity/person/principal.ts';

export const SESSION_COOKIE = '__Host-sid';
/** The session of ShotGrid's frame: the browser keeps it separately, for that frame alone. */
export const OVERLAY_SESSION_COOKIE = '__Host-sid_m';
/** A tab's first. */
export const SESSION_COOKIES = [SESSION_COOKIE, OVERLAY_SESSION_COOKIE] as const;
/** Proves the browser that signed out, until it has signed out at the provider too. */
export const SIGN_OUT_COOKIE = '__Host-out';
const OUR_PREFIX = '__Host-';
const TWICE =
  'A cookie of this address was sent twice. Delete the cookies of this address in your browser and try again.';
const SUFFIX_LENGTH = 8;

/** A cookie of ours by its name; the prefix `__Host-` makes browsers insist on Secure, Path=/ and no Domain. */
export type HostCookie = `__Host-${string}`;

/**
 * Lax: a launch comes from another site and must find the session at once. Every change of state is a POST that
 * passes the same-origin check.
 */
const ATTRIBUTES = { path: '/', secure: true, httpOnly: true, sameSite: 'lax' } as const;
/** In ShotGrid's iframe only a cookie in that site's partition is reliably kept (docs/threats.md 4.1). */
const OVERLAY_ATTRIBUTES = {
  path: '/',
  secure: true,
  httpOnly: true,
  sameSite: 'none',
  partitioned: true,
} as const;

/** Name of the cookie that binds a launch to the browser that posted it. */
export const launchCookie = (launchId: string): HostCookie => `__Host-l.${launchId.slice(0, SUFFIX_LENGTH)}`;

/** The same inside ShotGrid's iframe. */
export const overlayLaunchCookie = (launchId: string): HostCookie =>
  `__Host-lm.${launchId.slice(0, SUFFIX_LENGTH)}`;

export function cookieOf(request: Request, name: HostCookie): string | undefined {
  const value = cookiesOf(request)[name];
  return value === '' ? undefined : value;
}

/** Cookies of this browser's pending sign-ins. */
export function attemptCookiesOf(request: Request): AttemptCookies {
  const found = new Map<string, string>();
  for (const [name, value] of Object.entries(cookiesOf(request))) {
    if (name.startsWith(ATTEMPT_COOKIE_PREFIX) && value !== undefined) found.set(name, value);
  }
  return found;
}

/** Ends with the browser; the server decides how long the session lives. */
export function setSessionCookie(response: Response, kind: SessionKind, token: string): void {
  const name = kind === 'tab' ? SESSION_COOKIE : OVERLAY_SESSION_COOKIE;
  append(response, { name, value: token, ...attributesOf(name) });
}

export function setAttemptCookie(
  response: Response,
  cookie: { readonly name: string; readonly value: string },
): void {
  append(response, { ...cookie, ...ATTRIBUTES, maxAge: ATTEMPT_KEPT_MS / MS_PER_SECOND });
}

export function setSignOutCookie(response: Response, value: string): void {
  append(response, { name: SIGN_OUT_COOKIE, value, ...ATTRIBUTES, maxAge: SIGN_OUT_LIFE_MS / MS_PER_SECOND });
}

export function setLaunchCookie(response: Response, name: HostCookie, value: string, lifeMs: number): void {
  append(response, { name, value, ...attributesOf(name), maxAge: Math.ceil(lifeMs / MS_PER_SECOND) });
}

/** Deletes a cookie, with the attributes that set it: browsers keep it otherwise (D15). */
export function clearCookie(response: Response, name: string): void {
  append(response, { name, value: '', ...attributesOf(name), maxAge: 0 });
}

const attributesOf = (name: string) =>
  name === OVERLAY_SESSION_COOKIE || name.startsWith('__Host-lm.') ? OVERLAY_ATTRIBUTES : ATTRIBUTES;

/** True if the browser sent any cookie of ours, so it does not block cookies. */
export const hasOurCookies = (request: Request): boolean =>
  Object.keys(cookiesOf(request)).some((name) => name.startsWith(OUR_PREFIX));

/**
 * Two cookies with the same name are refused: an attacker may have added one, and the choice between them would be
 * arbitrary.
 *
 * @throws AppError BAD_REQUEST
 */
function cookiesOf(request: Request): Cookies {
  const known = READ.get(request);
  if (known !== undefined) return known;
  const header = request.headers.cookie ?? '';
  const names = header.split(';').flatMap((pair) => Object.keys(parse(pair)));
  const ours = names.filter((name) => name.startsWith(OUR_PREFIX));
  if (new Set(ours).size < ours.length) throw new AppError('BAD_REQUEST', { message: TWICE });
  const cookies = parse(header);
  READ.set(request, cookies);
  return cookies;
}

type Cookies = Readonly<Record<string, string | undefined>>;
const READ = new WeakMap<Request, Cookies>();

const parse = (header: string) => parseCookie(header, { decode: (value) => value });

function append(response: Response, cookie: SetCookie): void {
  response.append('Set-Cookie', stringifySetCookie(cookie));
}
