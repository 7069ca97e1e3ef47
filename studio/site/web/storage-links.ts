import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Request, Response } from 'express';
import { thumbnail } from './thumbnail.ts';

/** Pictures of the demo's rows lie in the storage under these paths. */
const STORED_PICTURE = /^thumbnails\/[\w-]+\/\d+\.png$/u;
const LIFETIME_SECONDS = 900;
const MS_PER_SECOND = 1000;

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
  const key = randomBytes(32);
  const sign = (path: string, date: string): string =>
    createHmac('sha256', key).update(`${path}\n${date}\n${LIFETIME_SECONDS}`).digest('hex');

  return {
    read(value) {
      if (typeof value !== 'string' || !STORED_PICTURE.test(value)) return value;
      const date = new Date(now()).toISOString().replaceAll(/[-:]|\.\d{3}/gu, '');
      const query = new URLSearchParams({
        'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
        'X-Amz-Date': date,
        'X-Amz-Expires': String(LIFETIME_SECONDS),
        'X-Amz-Signature': sign(value, date),
      });
      return `${origin()}/__storage/${value}?${query.toString()}`;
    },
    handle(request, response) {
      const path = request.path.slice('/__storage/'.length);
      const date = String(request.query['X-Amz-Date']);
      const expected = Buffer.from(sign(path, date));
      const sent = Buffer.from(String(request.query['X-Amz-Signature']));
      const isSigned = sent.length === expected.length && timingSafeEqual(sent, expected);
      const isFresh = now() - parseDate(date) <= LIFETIME_SECONDS * MS_PER_SECOND;
      if (request.method !== 'GET' || !isSigned || !isFresh || !STORED_PICTURE.test(path)) {
        response.status(403).type('application/xml').send('<Error><Code>AccessDenied</Code></Error>');
        return;
      }
      response.set({ 'content-type': 'image/png', 'access-control-allow-origin': '*' }).send(thumbnail(path));
    },
  };
}

function parseDate(text: string): number {
  const [, day = '', time = ''] = /^(\d{8})T(\d{6})Z$/u.exec(text) ?? [];
  const iso = `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}T${time.slice(0, 2)}:${time.slice(2, 4)}:${time.slice(4)}Z`;
  return Date.parse(iso);
}
