import type { Request, Response } from 'express';
import { createPresigner } from '../files/presign.ts';
import { thumbnail } from './thumbnail.ts';

/** Pictures of the demo's rows lie in the storage under these paths. */
const STORED_PICTURE = /^thumbnails\/[\w-]+\/\d+\.png$/u;
/** A picture that is still being made, as a path of the site (API 6.3). */
const PENDING = '/images/status/transient/';
const FOLDER = '__storage/';

export interface StorageLinks {
  /** A stored picture's path as a presigned address, fresh on every read (API 6.3); other values as they are. */
  read(value: unknown): unknown;
  /** Answers a presigned address: GET only, 403 once it has expired or was changed. */
  handle(request: Request, response: Response): void;
}

export function createStorageLinks({
  now,
  origin,
}: {
  now: () => number;
  origin: () => string;
}): StorageLinks {
  const presigner = createPresigner(now, origin);
  return {
    read(value) {
      if (typeof value !== 'string') return value;
      if (value.startsWith(PENDING)) return origin() + value;
      return STORED_PICTURE.test(value) ? presigner.sign('GET', FOLDER + value) : value;
    },
    handle(request, response) {
      const path = request.path.slice(1 + FOLDER.length);
      const verdict = presigner.check(request.method, request.originalUrl);
      if (verdict !== 'allowed' || !STORED_PICTURE.test(path)) {
        const message = verdict === 'expired' ? 'Request has expired' : 'Access Denied';
        const xml = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>${message}</Message></Error>`;
        response.status(403).type('application/xml').send(xml);
        return;
      }
      response.set({ 'content-type': 'image/png', 'access-control-allow-origin': '*' }).send(thumbnail(path));
    },
  };
}
