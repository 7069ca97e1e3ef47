import { MIMEType } from 'node:util';
import type { RequestHandler } from 'express';
import { AppError } from '../../base/errors.ts';

/**
 * Refuses a body that says it is in another charset than UTF-8: the parsers of Express take some of them, UTF-7 for instance,
 * and read them as something else than was meant. A type that cannot be read is left to the parser.
 * Errors: `UNSUPPORTED_MEDIA_TYPE`.
 */
export const utf8Only: RequestHandler = (request, _response, next) => {
  if (!isUtf8(request.headers['content-type'])) throw new AppError('UNSUPPORTED_MEDIA_TYPE');
  next();
};

function isUtf8(contentType = ''): boolean {
  try {
    return /^utf-?8$/iu.test(new MIMEType(contentType).params.get('charset') ?? 'utf-8');
  } catch {
    return !/charset/iu.test(contentType);
  }
}
