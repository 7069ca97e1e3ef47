import type { RequestHandler } from 'express';
import { SiteError } from '../ports.ts';
import type { FilterSyntax } from '../filters/conditions.ts';

export const ARRAY_TYPE = 'application/vnd+shotgun.api3_array+json';
export const HASH_TYPE = 'application/vnd+shotgun.api3_hash+json';
export const JSON_TYPE = 'application/json';

const typeOf = (header: string | undefined): string =>
  (header ?? '').split(';')[0]?.trim().toLowerCase() ?? '';

/** 415 with the message that names what is taken (API 2.3). */
function required(...types: readonly string[]): RequestHandler {
  return (request, _response, next) => {
    const sent = typeOf(request.headers['content-type']);
    if (types.includes(sent)) {
      next();
      return;
    }
    const list = types.map((type) => `'${type}'`).join(', ');
    throw new SiteError(415, 103, `Unsupported Content-Type '${sent}'`, {
      source: { content_type: `Content-Type must be one of: ${list}.` },
    });
  };
}

export const requireFilterType = required(ARRAY_TYPE, HASH_TYPE);
export const requireJson = required(JSON_TYPE);

/** A vendor type as Accept is 406 with no body, on every route (API 2.3). */
export const refuseVendorAccept: RequestHandler = (request, response, next) => {
  if (/vnd\+shotgun/u.test(request.headers.accept ?? '')) response.status(406).end();
  else next();
};

export const syntaxOf = (contentType: string | undefined): FilterSyntax =>
  typeOf(contentType) === ARRAY_TYPE ? 'array' : 'hash';
