import type { Request } from 'express';
import { bare } from '../bare.ts';

/** A query string with the site's brackets: `page[size]=5` -> `{page: {size: "5"}}`. */
export type Query = Readonly<Record<string, string | Readonly<Record<string, string>>>>;

export function queryOf(request: Request): Query {
  const start = request.originalUrl.indexOf('?');
  const query: Record<string, string | Record<string, string>> = bare({});
  for (const [key, value] of new URLSearchParams(start < 0 ? '' : request.originalUrl.slice(start))) {
    const [, name = key, inner] = /^([^[]+)\[([^\]]*)\]$/u.exec(key) ?? [];
    if (inner === undefined) query[name] = value;
    else query[name] = bare({ ...(typeof query[name] === 'object' ? query[name] : {}), [inner]: value });
  }
  return query;
}

export function part(query: Query, name: string): Readonly<Record<string, string>> {
  const value = query[name];
  return typeof value === 'object' ? value : {};
}

export function text(query: Query, name: string): string | undefined {
  const value = query[name];
  return typeof value === 'string' ? value : undefined;
}

/** The path as it was typed, prefix included: envelope links echo it (API 2.2). */
export const typedPath = (request: Request): string => request.originalUrl.split('?')[0] ?? '';

/** A link of the envelope: keys in order, brackets and `*` encoded (API 2.4). */
export function envelopeLink(path: string, query: Query): string {
  const pairs = Object.keys(query)
    .sort()
    .flatMap((name): [string, string][] => {
      const value = query[name];
      if (typeof value !== 'object') return [[name, value ?? '']];
      return Object.keys(value)
        .sort()
        .map((inner) => [`${name}[${inner}]`, value[inner] ?? '']);
    });
  const encoded = pairs.map(([key, value]) => `${encode(key)}=${encode(value)}`).join('&');
  return encoded === '' ? path : `${path}?${encoded}`;
}

const encode = (value: string): string =>
  encodeURIComponent(value).replaceAll('*', '%2A').replaceAll('%20', '+');
