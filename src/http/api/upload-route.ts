import type { Request, RequestHandler, Response } from 'express';
import { AppError } from '../../base/errors.ts';
import { KIB } from '../../base/units.ts';
import { authenticate } from './graphql-route.ts';
import { limitPerPerson } from '../limits/request-limits.ts';
import { principalOf } from '../request/request-state.ts';
import type { HttpDeps } from '../http-deps.ts';
import { type LowestSpeed, notSlower, requestSignal, liftBodyTime } from '../request/life.ts';

const RETRY_AFTER_SECONDS = 10;
const IS_OFF =
  'No file goes through this server (SHOTGRAPH_UPLOAD_STREAMS is 0). Send the parts to the addresses of requestUpload.';
/** 10 KiB a second: slower than any real connection that carries review media. */
const LOWEST_SPEED: LowestSpeed = { bytes: 300 * KIB, perMs: 30_000 };

/**
 * PUT /upload/<id>: the file of an upload that was requested by GraphQL, for tools that cannot send it to the
 * storage themselves. Answers `{etags}` for `completeUpload`.
 * Errors: those of /graphql's session, `RATE_LIMITED`, `FORBIDDEN` where it is off, `UPLOAD_OVER`,
 * `UPLOAD_INCOMPLETE`, `TOO_LARGE`, `BAD_USER_INPUT`, `UPSTREAM_UNAVAILABLE`.
 */
export function uploadEndpoint(deps: HttpDeps): RequestHandler[] {
  const { maxStreams } = deps.config.upload;
  // One person never holds all places, unless there is only one.
  const share = Math.max(1, maxStreams - 1);
  return [
    cutOffRefused,
    authenticate(deps),
    limitPerPerson(deps, 'uploads'),
    async (request, response) => {
      if (maxStreams === 0) throw new AppError('FORBIDDEN', { message: IS_OFF });
      const person = `upload of ${principalOf(response).person.id}`;
      const held = await deps.slots.hold(person, share, () =>
        deps.slots.hold('upload', maxStreams, () => passOn(request, response, deps)),
      );
      if (held === undefined) throw tooMany('You send as many files through this server as one person may');
      if (held.result === undefined) throw tooMany('Too many files go through this server just now');
    },
  ];
}

const tooMany = (what: string): AppError =>
  new AppError('RATE_LIMITED', {
    message: `${what}. Try again after Retry-After.`,
    details: { retryAfterSeconds: RETRY_AFTER_SECONDS },
  });

async function passOn(request: Request, response: Response, deps: HttpDeps): Promise<void> {
  const { 'content-length': length, 'content-encoding': encoding } = request.headers;
  if (encoding !== undefined) throw new AppError('UNSUPPORTED_MEDIA_TYPE');
  liftBodyTime(response);
  const { etags } = await deps.streamUpload(principalOf(response), String(request.params['id']), {
    bytes: notSlower(request, LOWEST_SPEED),
    sizeBytes: length === undefined ? null : Number(length),
    signal: requestSignal(response, deps.config.upload.streamMs),
  });
  response.removeHeader('Connection');
  response.json({ etags });
}

/** If an upload is refused halfway, the rest is not read: the connection closes with the answer. */
const cutOffRefused: RequestHandler = (_request, response, next) => {
  response.setHeader('Connection', 'close');
  next();
};
