import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import type { Request, Response } from 'express';
import type { BlobStore } from './blob-store.ts';
import { blobOf } from './pictures.ts';
import { createPresigner } from './presign.ts';
import type { Presigner } from './presign.ts';
import { KEEP_ALIVE_MS } from '../../keep-alive.ts';

export interface StorageOrigin {
  readonly presigner: Presigner;
  /** Port 0 takes a free one. */
  start(host: string, port: number): Promise<void>;
  url(): string;
  close(): Promise<void>;
}

export interface StorageOriginDeps {
  readonly blobs: BlobStore;
  readonly now: () => number;
  /** Whether browsers of other origins may read and write (API 2.10: U). */
  readonly hasCors: boolean;
}

/** Where the files are: another origin than the site, which knows no people and only presigned links (API 6). */
export function createStorageOrigin({ blobs, now, hasCors }: StorageOriginDeps): StorageOrigin {
  let url = '';
  const presigner = createPresigner(now, () => url);
  const app = express().disable('x-powered-by');
  app.use((req, res, next) => {
    if (hasCors) allowOrigin(req, res);
    if (req.method === 'OPTIONS') {
      res.status(hasCors ? 200 : 403).end();
      return;
    }
    const verdict = presigner.check(req.method, req.originalUrl);
    if (verdict === 'allowed') next();
    else fail(res, 403, 'AccessDenied', verdict === 'expired' ? 'Request has expired' : 'Access Denied');
  });
  app.get('/*key', async (req, res) => {
    const blob = await blobOf(blobs, keyOfPath(req));
    if (!blob) {
      fail(res, 404, 'NoSuchKey', 'The specified key does not exist.');
      return;
    }
    res.set({ ETag: `"${blob.md5}"`, 'Content-Type': blob.contentType, 'Cache-Control': 'private' });
    res.sendFile(blob.path, { etag: false, cacheControl: false });
  });
  app.put('/*key', (req, res) => keep(blobs, req, res));
  const server = createServer(app);
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  return {
    presigner,
    start: (host, port) =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, host, () => {
          url = `http://${host}:${(server.address() as AddressInfo).port}`;
          resolve();
        });
      }),
    url: () => url,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function keep(blobs: BlobStore, req: Request, res: Response): Promise<void> {
  const contentType = req.headers['content-type'] ?? 'application/octet-stream';
  const { md5 } = await blobs.put(partKey(req), req, contentType);
  res.set('ETag', `"${md5}"`).status(200).end();
}

const keyOfPath = (req: Request): string => req.path.slice(1);

/** Key of the bytes of a PUT: a part of a multipart upload has its own. */
export function keyOfPart(uploadId: string, partNumber: number | string): string {
  return `${uploadId}.${partNumber}`;
}

function partKey(req: Request): string {
  const { uploadId, partNumber } = req.query;
  if (typeof uploadId !== 'string' || typeof partNumber !== 'string') return keyOfPath(req);
  return keyOfPart(uploadId, partNumber);
}

function allowOrigin(req: Request, res: Response): void {
  res.set({
    'Access-Control-Allow-Origin': req.headers.origin ?? '*',
    'Access-Control-Allow-Methods': 'GET, PUT',
    'Access-Control-Allow-Headers': 'content-type',
    'Access-Control-Expose-Headers': 'ETag',
  });
}

function fail(res: Response, status: number, code: string, message: string): void {
  const xml = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  res.status(status).type('application/xml').send(xml);
}
