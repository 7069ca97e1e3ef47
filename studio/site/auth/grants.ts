import type { Storage, StoredRecord } from '../ports.ts';
import { SiteError } from '../ports.ts';
import { findPerson, findScript, isActive } from './people.ts';
import type { Grant } from './identity.ts';
import type { TokenParameters } from './token-request.ts';

export interface GrantContext {
  readonly storage: Storage;
  readonly passwordAuthType: string;
  readonly takeRefresh: (refreshToken: string) => Grant | undefined;
  /** Login of the person who approved the launcher session of this token (API 1.8). */
  readonly loginOfSession: (sessionToken: string) => string | undefined;
  readonly refreshKeepsSudo: boolean;
}

type GrantHandler = (parameters: TokenParameters, context: GrantContext) => Grant;

const SUDO_PREFIX = 'sudo_as_login:';

const handlers: Readonly<Record<string, GrantHandler>> = {
  client_credentials: byScriptKey,
  password: byPassword,
  session_token: bySessionToken,
  refresh_token: byRefreshToken,
  // Two shipped clients send this spelling (API 1.1, 13).
  refresh: byRefreshToken,
};

/** Checks the credentials of a token request. Throws the refusals of API 1.1. */
export function grantOf(parameters: TokenParameters, context: GrantContext): Grant {
  const name = parameters('grant_type') ?? '';
  const handler = Object.hasOwn(handlers, name) ? handlers[name] : undefined;
  if (!handler) throw new SiteError(400, 103, 'Unsupported grant_type');
  return handler(parameters, context);
}

function byScriptKey(parameters: TokenParameters, { storage }: GrantContext): Grant {
  const name = required(parameters, 'client_id');
  const key = required(parameters, 'client_secret');
  const script = findScript(storage, name);
  if (!script || script.values.salted_password !== key) {
    throw new SiteError(400, 102, `Can't authenticate script '${name}'`);
  }
  return newGrant(script, 'api_key', parameters);
}

/** The password is the row's `__password`, or one of its personal access tokens (API 1.1). */
function byPassword(parameters: TokenParameters, { storage, passwordAuthType }: GrantContext): Grant {
  const username = required(parameters, 'username');
  const password = required(parameters, 'password');
  const person = findPerson(storage, (login) => login === username);
  const secrets = person ? [person.values.__password, person.values.__personal_access_token] : [];
  if (!person || !isActive(person) || !secrets.includes(password)) {
    throw new SiteError(400, 102, `Can't authenticate user '${username}'.`);
  }
  return newGrant(person, passwordAuthType, parameters);
}

function bySessionToken(parameters: TokenParameters, { storage, loginOfSession }: GrantContext): Grant {
  const token = required(parameters, 'session_token');
  const login = loginOfSession(token);
  const person = login === undefined ? undefined : findPerson(storage, (other) => other === login);
  if (!person || !isActive(person)) {
    throw new SiteError(400, 102, `Can't authenticate session token ending with '${token.slice(-4)}'`);
  }
  return newGrant(person, 'session_token', parameters);
}

function byRefreshToken(parameters: TokenParameters, context: GrantContext): Grant {
  const grant = context.takeRefresh(required(parameters, 'refresh_token'));
  if (!grant) throw new SiteError(401, 102, 'Unauthorized', { detail: 'Token invalid' });
  return context.refreshKeepsSudo ? grant : { ...grant, sudoLogin: null };
}

function required(parameters: TokenParameters, name: string): string {
  const value = parameters(name);
  if (value === undefined) throw new SiteError(400, 102, 'Missing or invalid authentication arguments');
  return value;
}

function newGrant(row: StoredRecord, authType: string, parameters: TokenParameters): Grant {
  const scope = parameters('scope');
  return {
    user: { type: row.type === 'ApiUser' ? 'ApiUser' : 'HumanUser', id: row.id },
    authType,
    // Only the scope counts: a body field `sudo_as_login` is silently ignored (API 1.4).
    sudoLogin: scope?.startsWith(SUDO_PREFIX) ? scope.slice(SUDO_PREFIX.length) : null,
    sessionUuid: parameters('session_uuid') ?? null,
  };
}
