import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import { invalidParameters, notFound } from '../http/api-error.ts';
import { queryOf, text, typedPath } from '../http/query.ts';
import { SiteError, type StoredRecord } from '../ports.ts';
import type { FieldModel } from '../schema-model/schema-model.ts';
import type { Asking, EntityDeps } from './entity-deps.ts';
import { seenRecord } from './read.ts';
import { readScalar } from './rows.ts';

const ALTS = ['original', 'thumbnail'];

/**
 * `GET /entity/<types>/<id>/<field>`, of files and images only: the value, or with `alt` the file itself, by a redirect
 * to the storage, or where a range of it is asked for, as those bytes (API 3.8, 6.3).
 */
export async function answerField(
  deps: EntityDeps,
  asking: Asking,
  request: Request,
  response: Response,
): Promise<void> {
  const name = String(request.params['field']);
  if (name.includes('.')) {
    // A dotted field here is refused as a page is, not as the API refuses (API 2.8).
    response.status(406).type('html').send(' ');
    return;
  }
  const record = seenRecord(deps, asking, String(request.params['id']));
  const field = fileField(deps, asking.type, name);
  const value = valueOf(deps, asking, record, field);
  const alt = text(queryOf(request), 'alt');
  if (alt === undefined) {
    response.json({ data: value, links: { self: typedPath(request) } });
    return;
  }
  if (!ALTS.includes(alt)) throw invalidParameters({ alt: [`alt must be one of: ${ALTS.join(', ')}`] });
  const image = deps.schema.field(asking.type, 'image');
  const shown = alt === 'thumbnail' && image !== undefined ? valueOf(deps, asking, record, image) : value;
  const address = typeof shown === 'string' ? shown : (shown as { url?: string }).url;
  if (address === undefined) throw empty(asking.type, name);
  if (request.headers.range === undefined) response.redirect(302, address);
  else await sendRange(address, request.headers.range, response);
}

function fileField({ schema }: EntityDeps, type: string, name: string): FieldModel {
  const field = schema.field(type, name);
  if (field === undefined) throw notFound(`Field '${type}.${name}' does not exist.`, 103);
  if (field.dataType === 'image' || field.dataType === 'url') return field;
  throw new SiteError(400, 103, `Field ${type}.${name} is not an image or attachment.`, { source: {} });
}

function valueOf(deps: EntityDeps, asking: Asking, record: StoredRecord, field: FieldModel): unknown {
  const value = readScalar(deps, asking.caller, field, deps.values.value(record, field));
  if (value === null) throw empty(asking.type, field.name);
  return value;
}

const empty = (type: string, name: string): SiteError => notFound(`Field '${type}.${name}' is empty.`, 104);

async function sendRange(address: string, range: string, response: Response): Promise<void> {
  const stored = await fetch(address, { headers: { range } });
  if (!stored.ok || stored.body === null) throw notFound(null, 104);
  for (const name of ['content-type', 'content-range', 'content-length']) {
    const value = stored.headers.get(name);
    if (value !== null) response.setHeader(name, value);
  }
  response.status(stored.status);
  await pipeline(Readable.fromWeb(stored.body), response);
}
