import type { Request, RequestHandler, Response } from 'express';
import { AppError } from '../base/errors.ts';
import { authenticate, limitPerPerson, principalOf } from './graphql-route.ts';
import type { HttpDeps } from './http-deps.ts';
import { requestSignal } from './request-signal.ts';
import { liftBodyTime } from './slow-body.ts';

const RETRY_AFTER_SECONDS = 10;
const IS_OFF =
  'No file goes through this server (SHOTGRAPH_UPLOAD_STREAMS is 0). Send the parts to the addresses of requestUpload.';

/**
 * PUT /upload/<id>: the file of an upload that was requested by GraphQL, for tools that cannot send it to the storage
 * themselves. Answers `{etags}` for `completeUpload`. Errors: those of /graphql's session, `RATE_LIMITED`, `FORBIDDEN` where it is off, `UPLOAD_OVER`,
 * `UPLOAD_INCOMPLETE`, `TOO_LARGE`, `BAD_USER_INPUT`, `UPSTREAM_UNAVAILABLE`.
 */
export function uploadEndpoint(deps: HttpDeps): RequestHandler[] {
  const { maxStreams } = deps.config.upload;
  let running = 0;
  return [
    cutOffRefused,
    authenticate(deps),
    limitPerPerson(deps),
    async (request, response) => {
      if (maxStreams === 0) throw new AppError('FORBIDDEN', { message: IS_OFF });
      if (running >= maxStreams) {
        throw new AppError('RATE_LIMITED', {
          message: 'Too many files go through this server just now. Try again after Retry-After.',
          details: { retryAfterSeconds: RETRY_AFTER_SECONDS },
        });
      }
      running += 1;
      try {
        await passOn(request, response, deps);
      } finally {
        running -= 1;
      }
    },
  ];
}

async function passOn(request: Request, response: Response, deps: HttpDeps): Promise<void> {
  const { 'content-length': length, 'content-encoding': encoding } = request.headers;
  if (encoding !== undefined) throw new AppError('UNSUPPORTED_MEDIA_TYPE');
  liftBodyTime(response);
  const { etags } = await deps.streamUpload(principalOf(response), String(request.params['id']), {
    bytes: request,
    sizeBytes: length === undefined ? null : Number(length),
    signal: requestSignal(response, deps.config.upload.streamMs),
  });
  response.removeHeader('Connection');
  response.json({ etags });
}

/** What is refused in the middle of a file is not read to its end: the connection closes with the answer. */
const cutOffRefused: RequestHandler = (_request, response, next) => {
  response.setHeader('Connection', 'close');
  next();
};
