import { randomBytes } from 'node:crypto';
import type { ErrorRequestHandler } from 'express';
import { SiteError } from '../ports.ts';
import { setErrorHeaders } from './response-headers.ts';

/** The error envelope (API 2.8), with a fresh id. */
export function errorBody(error: SiteError): object {
  return {
    errors: [
      {
        id: randomBytes(16).toString('hex'),
        status: error.status,
        code: error.code,
        title: error.title,
        source: error.source,
        detail: error.detail,
        meta: error.meta,
      },
    ],
  };
}

/** Answers every error in the envelope. What is no `SiteError` is a mistake of the emulator and looks like one of the site. */
export const apiErrors: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  if (response.headersSent) {
    next(error);
    return;
  }
  const known = toSiteError(error);
  setErrorHeaders(response);
  response.status(known.status).json(errorBody(known));
};

function toSiteError(error: unknown): SiteError {
  if (error instanceof SiteError) return error;
  const type = typeof error === 'object' && error !== null && 'type' in error ? error.type : undefined;
  if (type === 'entity.parse.failed') return new SiteError(400, 103, 'Invalid JSON body', { source: {} });
  if (type === 'entity.too.large') return new SiteError(413, 103, 'Request Entity Too Large');
  return serverError();
}

/** What the site answers where it breaks (API 2.8). */
export const serverError = (): SiteError =>
  new SiteError(500, 100, 'Shotgun Server Error', {
    detail:
      'An unexpected error occurred. Contact support and quote the id of this error if it happens again.',
  });

export const notFound = (detail: string | null, code: 103 | 104): SiteError =>
  new SiteError(404, code, 'Not Found', { detail });

/** `{"page":{"size":["size must be greater than 0"]}}` and the like (API 2.9). */
export const invalidParameters = (source: object): SiteError =>
  new SiteError(400, 103, 'Request Parameters invalid.', { source });
