import type { Request } from 'express';
import { AppError } from '../../base/errors.ts';

/** Texts of a JSON body by name. Errors: `BAD_REQUEST` if one is missing or not a text. */
export function textsOf<Name extends string>(
  request: Request,
  names: readonly Name[],
): Readonly<Record<Name, string>> {
  const body = (request.body ?? {}) as Readonly<Record<string, unknown>>;
  const texts = names.map((name) => [name, body[name]] as const);
  for (const [, text] of texts) if (typeof text !== 'string') throw new AppError('BAD_REQUEST');
  return Object.fromEntries(texts) as Record<Name, string>;
}

/** A query parameter; '' if it is missing or repeated. */
export function queryTextOf(request: Request, name: string): string {
  const value = request.query[name];
  return typeof value === 'string' ? value : '';
}
