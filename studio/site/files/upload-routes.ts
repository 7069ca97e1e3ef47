import { createHash, randomBytes } from 'node:crypto';
import { Router } from 'express';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { invalidParameters, notFound } from '../http/api-error.ts';
import { SiteError } from '../ports.ts';
import type { EntityRef } from '../ports.ts';
import { jsonBody } from '../threads/json-body.ts';
import { completeUpload } from './complete-upload.ts';
import type { FileDeps, UploadInfo, UploadTarget } from './file-deps.ts';
import { assertOnePiece, bytesLink, takeBytes } from './kept-by-site.ts';
import { downloadFile } from './download-route.ts';
import { keyOfPart } from './storage-origin.ts';
import { assertMayUpload, targetOf } from './upload-target.ts';

const MIN_PART_BYTES = 5_242_880;
const MS_PER_SECOND = 1000;

const uploadInfo = z.object({
  timestamp: z.string(),
  upload_type: z.string(),
  upload_id: z.string().nullable(),
  storage_service: z.string(),
  original_filename: z.string(),
  multipart_upload: z.boolean(),
});
const completion = z.object({
  upload_info: uploadInfo.extend({ etags: z.array(z.string()).optional() }),
  upload_data: z.object({
    display_name: z.string().optional(),
    tags: z.array(z.unknown()).optional(),
  }),
});

/** The three steps of an upload, whole or in parts (API 6.1, 6.2), under `/api/v1` and `/api/v1.1`. */
export function createUploadRoutes(deps: FileDeps, signal: AbortSignal): Router {
  const routes = Router();
  for (const path of ['/entity/:types/:id/_upload', '/entity/:types/:id/:field/_upload']) {
    routes.get(path, (req, res) => beginUpload(deps, req, res));
    routes.put(path, (req, res) => putBytes(deps, req, res));
    routes.get(`${path}/multipart`, (req, res) => nextPart(deps, req, res));
    routes.post(path, ...jsonBody, (req, res) => finishUpload(deps, { req, res, signal }));
    routes.post(`${path}/multipart_abort`, ...jsonBody, (req, res) => abortUpload(deps, req, res));
  }
  routes.get('/entity/:types/:id/:field', (req, res, next) => downloadFile(deps, req, res, next));
  return routes;
}

function beginUpload(deps: FileDeps, req: Request, res: Response): void {
  const caller = deps.callerOf(req, res);
  const target = targetOf(deps, req, caller);
  const { filename, multipart_upload: multipart } = req.query;
  if (typeof filename !== 'string' || filename === '')
    throw invalidParameters({ filename: ['filename is missing'] });
  const isMultipart = multipart === 'true';
  if (isMultipart && deps.storageService === 'sg') assertOnePiece();
  const atMs = freeMoment(
    deps,
    `${target.record.type}:${target.record.id}:${target.field ?? ''}:${filename}`,
  );
  const isImage = target.field !== null && deps.dataTypeOf(target.record.type, target.field) === 'image';
  const data: UploadInfo = {
    timestamp: `${new Date(atMs).toISOString().slice(0, 19)}Z`,
    upload_type: isImage ? 'Thumbnail' : 'Attachment',
    upload_id: isMultipart ? randomBytes(76).toString('hex') : null,
    storage_service: deps.storageService,
    original_filename: filename,
    multipart_upload: isMultipart,
  };
  if (data.upload_id !== null) deps.blobs.open(data.upload_id);
  const parts = isMultipart ? { get_next_part: nextPartLink(req, data, 2) } : {};
  const path = basePath(req, target);
  const upload =
    deps.storageService === 'sg' ? deps.siteUrl() + bytesLink(path, data) : partLink(deps, target, data, 1);
  res.json({ data, links: { upload, ...parts, complete_upload: path } });
}

/**
 * The moment that tells an upload from others of its name: their place in the storage follows from what the client sends
 * back. A real site may do it otherwise; two uploads begun in one second are two there as well.
 */
function freeMoment({ now, begun }: FileDeps, upload: string): number {
  const atMs = Math.max(now(), (begun.get(upload) ?? 0) + MS_PER_SECOND);
  begun.set(upload, atMs - (atMs % MS_PER_SECOND));
  return atMs;
}

async function putBytes(deps: FileDeps, req: Request, res: Response): Promise<void> {
  const target = targetOf(deps, req, deps.callerOf(req, res));
  if (deps.storageService !== 'sg') throw notFound('Not found', 103);
  await takeBytes(deps, { target, completePath: basePath(req, target), keyOf }, req, res);
}

function nextPart(deps: FileDeps, req: Request, res: Response): void {
  const caller = deps.callerOf(req, res);
  const target = targetOf(deps, req, caller);
  const query = { ...req.query, multipart_upload: true };
  const info = uploadInfo.safeParse(query);
  const number = Number(req.query.part_number);
  if (!info.success || !Number.isInteger(number))
    throw invalidParameters({ part_number: ['part_number is not valid'] });
  const links = {
    upload: partLink(deps, target, info.data, number),
    get_next_part: nextPartLink(req, info.data, number + 1),
  };
  res.json({ links });
}

async function finishUpload(
  deps: FileDeps,
  { req, res, signal }: { req: Request; res: Response; signal: AbortSignal },
): Promise<void> {
  const caller = deps.callerOf(req, res);
  const target = targetOf(deps, req, caller);
  const body = completion.safeParse(req.body);
  if (!body.success) throw invalidParameters(missingKeys(body.error));
  const { upload_info: info, upload_data: data } = body.data;
  assertMayUpload(deps, caller, target);
  const tags = info.upload_type === 'Thumbnail' ? [] : tagsOf(deps, data.tags ?? []);
  const key = keyOf(target, info);
  if (info.multipart_upload) await joinParts(deps, { key, info, etags: info.etags });
  const upload = {
    caller,
    key: deps.blobs.settle(key),
    filename: info.original_filename,
    displayName: data.display_name ?? info.original_filename,
    tags,
  };
  completeUpload(deps, target, upload, signal);
  // The answer is one space declared as JSON (API 6.1).
  res.status(201).type('application/json').send(' ');
}

/** Tags of an attachment; those of a thumbnail are not looked at (API 6.1). */
function tagsOf({ storage }: FileDeps, tags: readonly unknown[]): EntityRef[] {
  return tags.map((value) => {
    const tag = z.object({ type: z.literal('Tag'), id: z.number().int() }).safeParse(value).data;
    if (tag && storage.get('Tag', tag.id)?.retired === false) return { type: 'Tag', id: tag.id };
    throw new SiteError(400, 104, 'Update failed for [Attachment.tags]: Value is not legal.');
  });
}

async function abortUpload(deps: FileDeps, req: Request, res: Response): Promise<void> {
  deps.callerOf(req, res);
  const info = uploadInfo.safeParse(req.body);
  if (!info.success) throw invalidParameters(missingKeys(info.error));
  const uploadId = info.data.upload_id ?? '';
  if (!deps.blobs.isOpen(uploadId)) throw invalidParameters({ upload_id: ['upload_id is not valid'] });
  await deps.blobs.abort(uploadId);
  res.status(204).end();
}

async function joinParts(
  { blobs }: FileDeps,
  { key, info, etags }: { key: string; info: UploadInfo; etags: readonly string[] | undefined },
): Promise<void> {
  if (!etags) {
    throw new SiteError(400, 103, "'multipart_upload' is True but no 'etags' send with request.");
  }
  const keys = etags.map((_etag, index) => keyOfPart(info.upload_id ?? '', index + 1));
  const parts = keys.flatMap((partKey) => blobs.get(partKey) ?? []);
  const isSame = parts.every(({ md5 }, index) => md5 === etags[index]?.replaceAll('"', ''));
  const isLarge = parts.slice(0, -1).every(({ sizeBytes }) => sizeBytes >= MIN_PART_BYTES);
  const [first] = parts;
  if (!first || parts.length < keys.length || !isSame || !isLarge) {
    throw new SiteError(400, 104, 'Error completing multipart upload.');
  }
  await blobs.join(key, keys, first.contentType);
  await blobs.abort(info.upload_id ?? '');
}

/** The same for the same upload, so that the last step finds the bytes without any memory of the first. */
function keyOf({ record, field }: UploadTarget, info: UploadInfo): string {
  const parts = [record.type, record.id, field, info.timestamp, info.original_filename, info.upload_id];
  return createHash('sha1').update(JSON.stringify(parts)).digest('hex');
}

function partLink(deps: FileDeps, target: UploadTarget, info: UploadInfo, partNumber: number): string {
  const part = info.upload_id === null ? {} : { uploadId: info.upload_id, partNumber: String(partNumber) };
  return deps.presigner.sign('PUT', keyOf(target, info), part);
}

function basePath(req: Request, { field }: UploadTarget): string {
  const { types, id } = req.params;
  return `${req.baseUrl}/entity/${String(types)}/${String(id)}${field === null ? '' : `/${field}`}/_upload`;
}

function nextPartLink(req: Request, info: UploadInfo, partNumber: number): string {
  const query = new URLSearchParams({
    original_filename: info.original_filename,
    part_number: String(partNumber),
    storage_service: info.storage_service,
    timestamp: info.timestamp,
    upload_id: info.upload_id ?? '',
    upload_type: info.upload_type,
  });
  const path = req.path.replace(/\/multipart$/, '');
  return `${req.baseUrl}${path}/multipart?${query.toString()}`;
}

function missingKeys(error: z.ZodError): object {
  const names = error.issues.map(({ path }) => path.join('.'));
  return Object.fromEntries(names.map((name) => [name, [`${name} is missing`]]));
}
