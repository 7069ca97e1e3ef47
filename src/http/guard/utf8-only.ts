import { MIMEType } from 'node:util';
import type { RequestHandler } from 'express';
import { AppError } from '../../base/errors.ts';

/**
 * Refuses a body in another charset than UTF-8. Express's parsers accept some, such as UTF-7, and would misread
 * the text. An unreadable type is left to the parser.
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
