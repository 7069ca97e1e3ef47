import type { NextFunction, Request, Response } from 'express';
import { invalidParameters, notFound } from '../http/api-error.ts';
import type { FileDeps } from './file-deps.ts';
import { drawnPicture, readableFile, storageKey } from './file-values.ts';
import { blobOf } from './pictures.ts';
import { seenRecord } from './upload-target.ts';

const ALTERNATIVES = ['original', 'thumbnail'];

/**
 * `GET /entity/<types>/<id>/<field>?alt=original|thumbnail`: leads to the file itself, or gives the part of it that a
 * `Range` asks for (API 6.3). Without `alt` the value is read as any other, elsewhere.
 */
export async function downloadFile(
  deps: FileDeps,
  req: Request,
  res: Response,
  next: NextFunction,
): Promise<void> {
  const field = String(req.params.field);
  if (field.includes('.')) {
    // One byte of HTML, for any path (API 2.8).
    res.status(406).type('html').send(' ');
    return;
  }
  const { alt } = req.query;
  if (alt === undefined) {
    next();
    return;
  }
  const caller = deps.callerOf(req, res);
  const record = seenRecord(deps, req, caller);
  const dataType = deps.dataTypeOf(record.type, field);
  if (dataType !== 'image' && dataType !== 'url') {
    next();
    return;
  }
  if (!ALTERNATIVES.includes(String(alt)))
    throw invalidParameters({ alt: [`alt must be one of: ${ALTERNATIVES.join(', ')}`] });
  const address = addressOf(record.values[field], String(alt));
  if (address === null) throw notFound(`Field '${record.type}.${field}' is empty.`, 104);
  const key = req.headers.range === undefined ? null : storageKey(address);
  const blob = key === null ? undefined : await blobOf(deps.blobs, key);
  if (blob) res.type(blob.contentType).sendFile(blob.path, { cacheControl: false, etag: false });
  else res.redirect(302, String(readableFile(deps, caller, address)));
}

/** Where a stored value leads: an image to itself, a file to its bytes or to a picture of it. */
function addressOf(value: unknown, alt: string): string | null {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null || !('url' in value)) return null;
  if (alt === 'thumbnail' && 'id' in value) return drawnPicture(Number(value.id));
  return String(value.url);
}
