import { randomBytes } from 'node:crypto';
import { parse, serialize } from 'cookie';
import type { Request } from 'express';
import { findPerson, isActive, roleOf } from '../auth/people.ts';
import type { Caller, EntityRef, Storage, StoredRecord } from '../ports.ts';
import { displayNameOf } from '../storage/display-name.ts';

export interface WebSession {
  readonly person: StoredRecord;
  readonly name: string;
  readonly login: string;
  /** The person's own rights, without a script. */
  readonly caller: Caller;
  /** The host that the person's browser named. */
  readonly host: string;
}

export interface WebSessions {
  /** People who can sign in, the demo's people first. */
  people(): readonly { readonly login: string; readonly name: string; readonly role: string }[];
  /** Starts a session and returns its person and cookie; undefined if no active person has the login. */
  begin(login: string): { readonly person: EntityRef; readonly cookie: string } | undefined;
  end(request: Request): string;
  of(request: Request): WebSession | undefined;
}

const COOKIE = '_session_id';
const MAX_SHOWN = 12;

/** Who is signed in at the site itself. There is no password: this is a studio on a laptop. */
export function createSessions(storage: Storage): WebSessions {
  const logins = new Map<string, string>();
  const loginOf = (person: StoredRecord): string => String(person.values['login'] ?? '');
  const tokenOf = (request: Request): string => parse(request.headers.cookie ?? '')[COOKIE] ?? '';
  const cookie = (value: string, maxAge?: number): string =>
    serialize(COOKIE, value, {
      path: '/',
      httpOnly: true,
      sameSite: 'lax',
      ...(maxAge === undefined ? {} : { maxAge }),
    });
  return {
    people: () =>
      [...storage.all('HumanUser')]
        .filter(isActive)
        .slice(0, MAX_SHOWN)
        .map((person) => ({
          login: loginOf(person),
          name: displayNameOf(person),
          role: roleOf(storage, person),
        })),
    begin(login) {
      const person = findPerson(storage, (other) => other === login);
      if (person === undefined || !isActive(person)) return undefined;
      const token = randomBytes(32).toString('base64url');
      logins.set(token, login);
      return { person: { type: 'HumanUser', id: person.id }, cookie: cookie(token) };
    },
    end(request) {
      logins.delete(tokenOf(request));
      return cookie('', 0);
    },
    of(request) {
      const login = logins.get(tokenOf(request));
      const person = login === undefined ? undefined : findPerson(storage, (other) => other === login);
      if (person === undefined || login === undefined || !isActive(person)) return undefined;
      const caller: Caller = {
        actor: { type: 'HumanUser', id: person.id },
        script: null,
        sudoLogin: null,
        sessionUuid: null,
        role: roleOf(storage, person),
      };
      return { person, name: displayNameOf(person), login, caller, host: request.headers.host ?? '' };
    },
  };
}
