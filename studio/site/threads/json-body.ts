import express from 'express';
import type { RequestHandler } from 'express';
import { requireJson } from '../http/media-types.ts';
import { SiteError } from '../ports.ts';

const assertObject: RequestHandler = (req, _res, next) => {
  const body: unknown = req.body;
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) next();
  else throw new SiteError(400, 103, `Invalid JSON body. Expected Hash but received ${className(body)}.`);
};

/** Reads a JSON object: 415 for another media type, 400 for another JSON value (API 2.3). */
export const jsonBody: readonly RequestHandler[] = [
  requireJson,
  express.json({ limit: '6mb', strict: false }),
  assertObject,
];

function className(body: unknown): string {
  if (Array.isArray(body)) return 'Array';
  return body === null || body === undefined ? 'NilClass' : 'String';
}
