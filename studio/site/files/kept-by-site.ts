import { randomBytes } from 'node:crypto';
import type { Request, Response } from 'express';
import { invalidParameters } from '../http/api-error.ts';
import { SiteError } from '../ports.ts';
import type { FileDeps, UploadInfo, UploadTarget } from './file-deps.ts';

/** A site without cloud storage takes files in one piece only (API 6.1). */
export function assertOnePiece(): void {
  throw new SiteError(400, 103, 'Multi-part is not supported for this upload.');
}

/** Where such a site takes the bytes: at itself, with the caller's token. */
export function bytesLink(
  path: string,
  { timestamp, upload_type: type, original_filename: name }: UploadInfo,
): string {
  const query = new URLSearchParams({ timestamp, upload_type: type, original_filename: name });
  return `${path}?${query.toString()}`;
}

export interface TakenBytes {
  readonly target: UploadTarget;
  readonly completePath: string;
  readonly keyOf: (target: UploadTarget, info: UploadInfo) => string;
}

/** The second step at a site without cloud storage: its answer replaces two values of `upload_info` (API 6.1). */
export async function takeBytes(
  { blobs }: FileDeps,
  { target, completePath, keyOf }: TakenBytes,
  req: Request,
  res: Response,
): Promise<void> {
  const { timestamp, upload_type: type, original_filename: name } = req.query;
  if (typeof timestamp !== 'string' || typeof type !== 'string' || typeof name !== 'string') {
    throw invalidParameters({ original_filename: ['original_filename is missing'] });
  }
  const info: UploadInfo = {
    timestamp,
    upload_type: type,
    upload_id: randomBytes(16).toString('hex'),
    storage_service: 'sg',
    original_filename: name,
    multipart_upload: false,
  };
  await blobs.put(keyOf(target, info), req, req.headers['content-type'] ?? 'application/octet-stream');
  res.json({
    data: { upload_id: info.upload_id, original_filename: name },
    links: { complete_upload: completePath },
  });
}
