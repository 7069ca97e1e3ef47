import type { Router } from 'express';
import type { Caller, Switches } from '../ports.ts';
import { createBlobStore } from './blob-store.ts';
import type { FileDeps } from './file-deps.ts';
import { readableFile } from './file-values.ts';
import { createStorageOrigin } from './storage-origin.ts';
import { createUploadRoutes } from './upload-routes.ts';

export interface Files {
  /** Uploads (API 6.1, 6.2), to be mounted under `/api/v1` and `/api/v1.1`. */
  readonly routes: Router;
  /** Starts the storage's own origin; port 0 takes a free one. */
  start(host: string, port?: number): Promise<void>;
  /** The storage's origin, once started. */
  url(): string;
  /** The value of an `image` or `url` field as the caller reads it: presigned at each read (API 6.3). */
  read(caller: Caller, value: unknown): unknown;
  close(): Promise<void>;
}

export const fileSwitches = {
  'files.storageCors': {
    byDefault: true,
    choices: [true, false],
    section: '2.10',
    meaning: 'whether browsers of other origins may use the presigned links of the storage',
  },
  'files.transcodeMs': {
    byDefault: 2000,
    choices: null,
    section: '2.11',
    meaning: 'milliseconds until an uploaded picture replaces the placeholder (40,000 on a real site)',
  },
  'files.pictures': {
    byDefault: 'made',
    choices: ['made', 'pending', 'failed'],
    section: '6.3',
    meaning:
      'what becomes of an uploaded picture: it is made, its placeholder stays, or another one says that there is none',
  },
  'files.storageService': {
    byDefault: 's3',
    choices: ['s3', 'sg'],
    section: '6.1',
    meaning: 'where files are kept: in a cloud storage, or by the site itself (known from client code only)',
  },
} as const;

/** Files of the site, in a storage with an origin of its own (API 6). */
export function createFiles(
  deps: Omit<FileDeps, 'blobs' | 'presigner' | 'transcodeMs' | 'storageService' | 'pictures' | 'begun'> & {
    readonly switches: Switches;
  },
): Files {
  const blobs = createBlobStore();
  const closing = new AbortController();
  const origin = createStorageOrigin({
    blobs,
    now: deps.now,
    hasCors: (deps.switches['files.storageCors'] ?? fileSwitches['files.storageCors'].byDefault) === true,
  });
  const { presigner } = origin;
  const reader = { presigner, siteUrl: deps.siteUrl };
  const transcodeMs = Number(
    deps.switches['files.transcodeMs'] ?? fileSwitches['files.transcodeMs'].byDefault,
  );
  const storageService = String(
    deps.switches['files.storageService'] ?? fileSwitches['files.storageService'].byDefault,
  );
  const pictures = String(deps.switches['files.pictures'] ?? fileSwitches['files.pictures'].byDefault);
  return {
    routes: createUploadRoutes(
      { ...deps, blobs, presigner, transcodeMs, storageService, pictures, begun: new Map() },
      closing.signal,
    ),
    start: (host, port = 0) => origin.start(host, port),
    url: () => origin.url(),
    read: (caller, value) => readableFile(reader, caller, value),
    async close() {
      closing.abort();
      await origin.close();
      await blobs.close();
    },
  };
}
