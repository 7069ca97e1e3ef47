import { createHash, randomBytes } from 'node:crypto';
import type { RequestHandler, Response } from 'express';

const READ_CACHE = 'private, max-age=0, must-revalidate';
const WRITE_CACHE = 'no-cache, max-age=0';
/** Longer answers come in chunks, and their tag is weak. Where a real site draws the line is not known. */
const SHORT_BYTES = 1024;

/**
 * The headers of every answer of the API (API 2.10): an id of the request, an entity tag on a 200, no caching. Answers
 * never depend on a condition: `If-None-Match` and the like are not looked at.
 */
export const responseHeaders: RequestHandler = (request, response, next) => {
  // Express itself would answer 304 to these.
  delete request.headers['if-none-match'];
  delete request.headers['if-modified-since'];
  response.set({
    'cache-control': request.method === 'GET' ? READ_CACHE : WRITE_CACHE,
    // Harmless on the laptop where the site runs: browsers take it over HTTPS only, and forget it at once.
    'strict-transport-security': 'max-age=0',
    'x-frame-options': 'SAMEORIGIN',
    'x-request-id': randomBytes(16).toString('hex'),
  });
  const send = response.send.bind(response);
  response.send = (body?: unknown) => {
    tag(response, body);
    return send(body);
  };
  next();
};

/** Marks an answer as a read that was asked for by POST. */
export function setReadCache(response: Response): void {
  response.set('cache-control', READ_CACHE);
}

/** Errors are never cached and carry neither the id of the request nor what pages need (API 2.10). */
export function setErrorHeaders(response: Response): void {
  response.set('cache-control', WRITE_CACHE);
  response.removeHeader('x-request-id');
  response.removeHeader('x-frame-options');
}

function tag(response: Response, body: unknown): void {
  if (response.statusCode !== 200 || typeof body !== 'string' || response.getHeader('etag') !== undefined)
    return;
  const hash = createHash('md5').update(body).digest('hex');
  response.set('etag', Buffer.byteLength(body) < SHORT_BYTES ? `"${hash}"` : `W/"${hash}"`);
}
