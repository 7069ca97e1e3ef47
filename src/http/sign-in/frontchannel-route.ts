import type { Request, Response } from 'express';
import { AppError } from '../../base/errors.ts';
import { HTTP_STATUS } from '../../base/units.ts';
import type { HttpDeps } from '../http-deps.ts';
import { stateOf } from '../request/request-state.ts';
import { allowProviderFrame } from '../guard/security-headers.ts';

const ADVICE =
  'A sign-out of the provider names its session: sid once, and iss as the issuer of the settings or not at all.';

/**
 * GET /auth/frontchannel-logout?iss=&sid= : a hidden frame of the provider's sign-out page (Front-Channel Logout
 * 1.0). The browser sends no cookie of ours into it, and anyone can open the address. Only the exact `sid`, which
 * only the provider and we know, ends a session.
 */
export async function frontchannelLogout(
  request: Request,
  response: Response,
  deps: HttpDeps,
): Promise<void> {
  const { searchParams } = new URL(request.originalUrl, 'http://origin.invalid');
  const { issuer } = deps.config.oidc;
  const [sid, ...moreSids] = searchParams.getAll('sid');
  const issuers = searchParams.getAll('iss');
  // Some providers, such as Microsoft's, send no `iss`.
  const isOurs = issuers.length === 0 || (issuers.length === 1 && issuers[0] === issuer);
  const { requestId } = stateOf(response);
  if (sid === undefined || sid === '' || moreSids.length > 0 || !isOurs) {
    const reason = isOurs ? 'sid' : 'iss';
    deps.logger.warn('sign_out.by_provider_refused', { requestId, code: 'BAD_REQUEST', reason });
    throw new AppError('BAD_REQUEST', { message: ADVICE });
  }
  // A sign-out leaves a mark for a pending sign-in: a flood of invented ones would fill the store.
  if (!(await deps.signIn.sessions.knowsSid(issuer, sid))) await deps.limits.logins.count(request, response);
  const ended = await deps.signIn.sessions.endBySid(issuer, sid, { reason: 'provider', requestId });
  deps.logger.info('sign_out.by_provider', { requestId, count: ended });
  allowProviderFrame(response, await deps.signIn.oidc.knownFormOrigins());
  response.status(HTTP_STATUS.OK).type('text').send('Signed out.');
}
