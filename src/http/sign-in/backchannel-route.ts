import type { Request, Response } from 'express';
import { AppError, toAppError } from '../../base/errors.ts';
import { HTTP_STATUS } from '../../base/units.ts';
import { isUtf8Form, readBody } from '../request/read-body.ts';
import type { HttpDeps } from '../http-deps.ts';
import { stateOf } from '../request/request-state.ts';

const MAX_BYTES = 65_536;

/**
 * POST /auth/backchannel-logout: the provider reports that a person signed out there. The request is judged by its
 * token alone. Every refusal looks the same from outside, and the logout of an unknown person succeeds without
 * effect (D19, D23). The log has the reason, so that an operator can see why sessions go on.
 */
export async function backchannelLogout(request: Request, response: Response, deps: HttpDeps): Promise<void> {
  const { logoutTokens, sessions } = deps.signIn;
  const read = await readToken(request, response);
  const accepted = 'token' in read ? await logoutTokens.accept(read.token) : read;
  if ('refusal' in accepted) throw refused(response, deps, accepted.refusal);
  const { target, sinceMs } = accepted;
  const { requestId } = stateOf(response);
  const ending = { reason: 'provider', requestId } as const;
  const ended =
    'sid' in target
      ? await sessions.endBySid(target.issuer, target.sid, ending)
      : await sessions.endBySubject(target, sinceMs, ending);
  // Last: if an earlier step failed, the provider sends it again and the rest is done.
  await accepted.finish();
  deps.logger.info('sign_out.by_provider', { requestId, count: ended });
  response.status(HTTP_STATUS.OK).end();
}

function refused(response: Response, { logger }: HttpDeps, reason: string): AppError {
  const { requestId } = stateOf(response);
  logger.warn('sign_out.by_provider_refused', { requestId, code: 'LOGOUT_TOKEN', reason });
  return new AppError('LOGOUT_TOKEN');
}

async function readToken(
  request: Request,
  response: Response,
): Promise<{ readonly token: string } | { readonly refusal: string }> {
  // The rest of an incomplete body is not read.
  const stop = (refusal: string) => {
    if (!request.complete) response.setHeader('Connection', 'close');
    return { refusal };
  };
  if (!isUtf8Form(request.headers['content-type'])) return stop('content_type');
  let body: Buffer;
  try {
    body = await readBody(request, { maxBytes: MAX_BYTES, tooLarge: 'LOGOUT_TOKEN' });
  } catch (error) {
    if (toAppError(error).code === 'LOGOUT_TOKEN') return stop('too_large');
    stop('unreadable');
    throw error;
  }
  const [token, ...more] = new URLSearchParams(body.toString('utf8')).getAll('logout_token');
  if (token === undefined) return stop('no_token');
  return more.length > 0 ? stop('two_tokens') : { token };
}
