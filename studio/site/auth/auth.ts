import express from 'express';
import type { Request, RequestHandler, Response, Router } from 'express';
import type { Caller, Storage, Switches } from '../ports.ts';
import { SiteError } from '../ports.ts';
import { createAppSessions } from './app-session.ts';
import { authSwitch } from './auth-switches.ts';
import { grantOf } from './grants.ts';
import type { GrantContext } from './grants.ts';
import { callerOfGrant } from './identity.ts';
import { isActive, roleOf } from './people.ts';
import { assertFormType, tokenParameters } from './token-request.ts';
import { createTokenBook } from './tokens.ts';
import type { IssuedToken } from './tokens.ts';

export interface AuthDeps {
  readonly storage: Storage;
  readonly now: () => number;
  readonly switches: Switches;
  readonly tokenLifetimeSeconds: number;
  /** Host name of the site, for the claims `iss` and `aud`. */
  readonly host: () => string;
}

export interface Auth {
  /** `POST /api/v1/auth/access_token`. Must see the raw request: no body parser before it. */
  readonly tokenEndpoint: RequestHandler;
  /** The caller of a request by its Authorization header; a fresh object each time. Throws 401 / 102. */
  callerOf(authorization: string | undefined): Caller;
  /** The unversioned routes of the app session launcher (API 1.8), to be mounted at the root. */
  readonly appSessionRoutes: Router;
}

/** Tokens of the site: issues them, and identifies their holders (API 1). */
export function createAuth(deps: AuthDeps): Auth {
  const { storage, switches, now } = deps;
  const book = createTokenBook({
    now,
    host: deps.host,
    lifetimeSeconds: deps.tokenLifetimeSeconds,
    refreshLifetimeSeconds: Number(authSwitch(switches, 'auth.refreshLifetimeSeconds')),
  });
  const appSessions = createAppSessions({ storage, now });
  const context: GrantContext = {
    storage,
    passwordAuthType: authSwitch(switches, 'auth.passwordAuthType'),
    takeRefresh: (refreshToken) => book.takeRefresh(refreshToken),
    loginOfSession: (sessionToken) => appSessions.loginOfSession(sessionToken),
    refreshKeepsSudo: authSwitch(switches, 'auth.refreshKeepsSudo') === 'true',
  };

  return {
    async tokenEndpoint(req, res) {
      assertFormType(req.headers['content-type']);
      await collectBody(req, res);
      const grant = grantOf(tokenParameters(req), context);
      const { accessToken, refreshToken } = await book.mint(grant, callerOfGrant(storage, switches, grant));
      res.status(200).json({
        token_type: 'Bearer',
        access_token: accessToken,
        expires_in: deps.tokenLifetimeSeconds,
        refresh_token: refreshToken,
      });
    },
    callerOf(authorization) {
      const token = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
      const issued = token === undefined ? undefined : book.find(token);
      if (!issued) throw new SiteError(401, 102, 'Unauthorized');
      if (issued.expiresAtMs <= now()) {
        throw new SiteError(401, 102, 'Unauthorized', { detail: 'Token Expired' });
      }
      return presentCaller(issued, deps);
    },
    appSessionRoutes: appSessions.routes,
  };
}

const readBody = express.raw({ type: () => true, limit: '1mb' });

/** Reads the body as bytes and ignores its declared charset (API 1.1). */
function collectBody(req: Request, res: Response): Promise<void> {
  return new Promise((resolve, reject) => {
    readBody(req, res, (error?: unknown) => (error ? reject(error) : resolve()));
  });
}

/** A token outlives the state it was minted in; only the role is always that of this moment (API 1.4: U). */
function presentCaller(issued: IssuedToken, { storage, switches }: AuthDeps): Caller {
  const { actor } = issued.caller;
  const row = storage.get(actor.type, actor.id);
  const isLive = row !== undefined && !row.retired && (row.type === 'ApiUser' || isActive(row));
  if (!isLive && authSwitch(switches, 'auth.staleToken') === 'refused') {
    throw new SiteError(401, 102, 'Unauthorized', { detail: 'Token invalid' });
  }
  return { ...issued.caller, role: row ? roleOf(storage, row) : issued.caller.role };
}
