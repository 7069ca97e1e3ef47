import type { Request } from 'express';
import { SiteError } from '../ports.ts';

const FORM = 'application/x-www-form-urlencoded';

/** Parameters of a token request: from the form body, else from the query string (API 1.1). */
export type TokenParameters = (name: string) => string | undefined;

/** Refuses a body that is no form; any charset, even a bogus one, and no header at all are fine (API 1.1). */
export function assertFormType(contentType: string | undefined): void {
  if (contentType === undefined) return;
  const type = contentType.replace(/;.*$/s, '').trim();
  if (type === '' || type.toLowerCase() === FORM) return;
  throw new SiteError(415, 103, `Unsupported Content-Type '${type}'`, {
    source: { content_type: `Content-Type must be one of: '${FORM}'.` },
  });
}

/** Reads the parameters of a request whose raw body was collected before. An empty value is an absent one. */
export function tokenParameters(req: Request): TokenParameters {
  const body = new URLSearchParams(bodyText(req.body));
  const start = req.originalUrl.indexOf('?');
  const query = new URLSearchParams(start < 0 ? '' : req.originalUrl.slice(start));
  return (name) => body.get(name) || query.get(name) || undefined;
}

function bodyText(body: unknown): string {
  if (Buffer.isBuffer(body)) return body.toString('utf8');
  return typeof body === 'string' ? body : '';
}
