import { z } from 'zod';
import { AppError } from '../../base/errors.ts';
import { HTTP_STATUS } from '../../base/units.ts';
import type { Config } from '../../config/config.ts';
import type { HttpCall } from '../wire/http-call.ts';
import type { Transport } from '../wire/transport.ts';

/**
 * The App Session Launcher: in the browser, without a password, a person permits an application to act for them
 * (API 1.8).
 */

const BEGUN = z.object({ sessionRequestId: z.string().regex(/^[\w-]{8,100}$/u), url: z.url() });
const POLLED = z.union([
  z.object({ approved: z.literal(true), sessionToken: z.string().min(8) }),
  z.object({ approved: z.literal(false) }),
]);

const APP_NAME = 'Shotgraph';
const PATH = '/internal_api/app_session_request';

/** A request for approval that the site has opened. */
export interface BegunAppSession {
  /** A secret: its holder can take the token. */
  readonly requestId: string;
  /** On the site's public address. */
  readonly url: string;
}

/** Starts a request for approval. @throws AppError UPSTREAM_BROKEN, or a failure of the site */
export async function beginAppSession(
  transport: Transport,
  { url, publicUrl }: Pick<Config['site'], 'url' | 'publicUrl'>,
  person: string,
): Promise<BegunAppSession> {
  const body = new URLSearchParams({ appName: APP_NAME, machineId: APP_NAME.toLowerCase() });
  const call = toCall('POST', person, PATH, { mediaType: 'form', text: body.toString() });
  const answer = await transport.inTime((signal) => transport.send(call, null, signal));
  const begun = BEGUN.safeParse(answer.body);
  if (answer.status !== HTTP_STATUS.OK || !begun.success) throw new AppError('UPSTREAM_BROKEN');
  const page = new URL(begun.data.url);
  // Send the person to the site only, even if the answer names another host.
  if (page.origin !== new URL(url).origin && page.origin !== new URL(publicUrl).origin) {
    throw new AppError('UPSTREAM_BROKEN');
  }
  return {
    requestId: begun.data.sessionRequestId,
    url: new URL(`${page.pathname}${page.search}`, publicUrl).href,
  };
}

/**
 * The session token, returned once; undefined until the person approves. Errors: `OWN_ACCOUNT_REFUSED` if it has
 * ended.
 */
export async function pollAppSession(
  transport: Transport,
  requestId: string,
  person: string,
): Promise<string | undefined> {
  const call = toCall('PUT', person, `${PATH}/${encodeURIComponent(requestId)}`);
  const answer = await transport.inTime((signal) => transport.send(call, null, signal));
  if (answer.status === HTTP_STATUS.NOT_FOUND) throw new AppError('OWN_ACCOUNT_REFUSED');
  const polled = POLLED.safeParse(answer.body);
  if (answer.status !== HTTP_STATUS.OK || !polled.success) throw new AppError('UPSTREAM_BROKEN');
  return polled.data.approved ? polled.data.sessionToken : undefined;
}

const toCall = (method: 'POST' | 'PUT', person: string, path: string, body?: HttpCall['body']): HttpCall => ({
  method,
  person,
  path,
  operation: 'appSession',
  isUnversioned: true,
  // The site returns the token of an approval once.
  isRepeatable: method === 'POST',
  ...(body !== undefined && { body }),
});
