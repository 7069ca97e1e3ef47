import type { Request, Response } from 'express';
import { AppError } from '../base/errors.ts';
import { isUtf8Form } from './form-type.ts';
import type { HttpDeps } from './http-deps.ts';
import { readBody } from './read-body.ts';
import { stateOf } from './request-state.ts';

const MAX_BYTES = 65_536;

/**
 * POST /auth/backchannel-logout: the provider says that somebody signed out there. It is judged by its token
 * alone; every refusal looks the same, and a stranger's logout succeeds without effect (D19, D23).
 */
export async function backchannelLogout(request: Request, response: Response, deps: HttpDeps): Promise<void> {
  const { logoutTokens, sessions } = deps.signIn;
  const token = await readToken(request, response);
  const accepted = await logoutTokens.accept(token);
  if (accepted === undefined) throw new AppError('LOGOUT_TOKEN');
  const { target, sinceMs } = accepted;
  const { requestId } = stateOf(response);
  const ending = { reason: 'provider', requestId } as const;
  const ended =
    'sid' in target
      ? await sessions.endBySid(target.issuer, target.sid, ending)
      : await sessions.endBySubject(target, sinceMs, ending);
  // Last: where anything failed before, the provider sends it again, and the rest is done.
  await accepted.finish();
  deps.logger.info('sign_out.by_provider', { requestId, count: ended });
  response.status(200).end();
}

async function readToken(request: Request, response: Response): Promise<string> {
  try {
    if (!isUtf8Form(request.headers['content-type'])) throw new AppError('LOGOUT_TOKEN');
    const body = await readBody(request, { maxBytes: MAX_BYTES, tooLarge: 'LOGOUT_TOKEN' });
    const tokens = new URLSearchParams(body.toString('utf8')).getAll('logout_token');
    const [token] = tokens;
    if (token === undefined || tokens.length > 1) throw new AppError('LOGOUT_TOKEN');
    return token;
  } catch (error) {
    // What is still on its way is not read any more.
    if (!request.complete) response.setHeader('Connection', 'close');
    throw error;
  }
}
