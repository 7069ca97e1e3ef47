import { z } from 'zod';
import { HTTP_STATUS } from '../../base/units.ts';
import { AppError } from '../../base/errors.ts';
import { entityPath, type HttpCall } from '../wire/http-call.ts';
import { readAnswer } from './read-answer.ts';
import { toReadCall } from './threads.ts';
import type { BegunUpload, PartAddress, UploadCompletion, UploadTarget } from '../port/upload-types.ts';
import { changed, type Changing, type Reading } from '../client/operation.ts';

/** Links already carry `/api/v1` (API 6.1). They are followed on our site only, even if they name another host. */
const LINK = z
  .string()
  .regex(/^\/api\/v1(?:\.\d+)?\/entity\/[^\s\\]+$/u)
  .transform((link) => link.replace(/^\/api\/v1(?:\.\d+)?/u, ''));

const ADDRESS = z.url({ protocol: /^https?$/u });

const BEGUN = z.object({
  data: z.looseObject({ storage_service: z.string(), upload_id: z.string().nullable() }),
  links: z.object({ upload: z.string(), complete_upload: LINK, get_next_part: LINK.optional() }),
});

const NEXT_PART = z.object({ links: z.object({ upload: ADDRESS, get_next_part: LINK }) });

const FIELD = /^\w+$/u;

/**
 * Begins an upload (API 6.1, 6.2); the bytes go to the storage. Fails with `UPSTREAM_REJECTED` if the site stores
 * its files itself: then there is no presigned address.
 */
export const beginUpload = (target: UploadTarget, file: UploadedFile): Reading<BegunUpload> => ({
  kind: 'beginUpload',
  type: target.type,
  async run(caller, options) {
    // A retry may open a second upload. An upload that is never completed does not become part of a record.
    const call = toAddressCall(beginPath(target, file), 'beginUpload');
    return begunUpload(await readAnswer(caller, call, BEGUN, options), file);
  },
  sample: null,
});

/** The file that an upload announces to the site. */
export interface UploadedFile {
  readonly name: string;
  readonly isMultipart: boolean;
}

function beginPath({ type, id, field }: UploadTarget, { name, isMultipart }: UploadedFile): string {
  if (field !== null && !FIELD.test(field)) throw new AppError('BAD_USER_INPUT', { details: { field } });
  const query = new URLSearchParams({ filename: name, ...(isMultipart && { multipart_upload: 'true' }) });
  const place = `${entityPath(type, id)}${field === null ? '' : `/${field}`}`;
  return `${place}/_upload?${query.toString()}`;
}

function begunUpload({ data, links }: z.infer<typeof BEGUN>, file: UploadedFile): BegunUpload {
  // Such a site accepts the bytes itself, with the person's token, which must never be handed out (API 6.1).
  if (data.storage_service === 'sg') {
    throw new AppError('UPSTREAM_REJECTED', {
      message: 'This ShotGrid site keeps its files itself. Upload them on its own pages.',
      details: { reason: 'storageService' },
    });
  }
  const address = ADDRESS.safeParse(links.upload);
  const isMultipart = data.upload_id !== null && links.get_next_part !== undefined;
  if (!address.success || isMultipart !== file.isMultipart) throw new AppError('UPSTREAM_BROKEN');
  return {
    info: data,
    completePath: links.complete_upload,
    address: address.data,
    nextPartPath: links.get_next_part ?? null,
  };
}

/** The address of the next part. */
export const readNextPart = (nextPartPath: string): Reading<PartAddress> => ({
  kind: 'nextUploadPart',
  type: null,
  async run(caller, options) {
    const call = toAddressCall(nextPartPath, 'nextUploadPart');
    const { links } = await readAnswer(caller, call, NEXT_PART, options);
    return { address: links.upload, nextPartPath: links.get_next_part };
  },
  sample: null,
});

/**
 * Links the file to its target. For a file in one piece the site does not check that the bytes arrived (API 6.1).
 * Fails with `UPLOAD_INCOMPLETE` if a part is missing, too small or does not match its ETag.
 */
export const completeUpload = ({
  target,
  info,
  completePath,
  etags,
  displayName,
}: UploadCompletion): Changing<void> => ({
  kind: 'completeUpload',
  type: null,
  async run(caller, options) {
    const body = {
      upload_info: { ...info, ...(etags !== null && { etags }) },
      // Required, even if empty (API 6.1).
      upload_data: displayName === null ? {} : { display_name: displayName },
    };
    // 201 or 204 without a body (API 6.1).
    await caller.send(toUploadCall(completePath, 'completeUpload', body), options);
  },
  changes: () => changed('upload', target, target.field === null ? [] : [target.field]),
  sample: null,
});

/**
 * Discards the uploaded parts. The site expects `info` flat here; it refuses the wrapper of the last step (API
 * 6.2).
 */
export const abortUpload = ({
  info,
  completePath,
}: Pick<UploadCompletion, 'info' | 'completePath'>): Reading<void> => ({
  kind: 'abortUpload',
  type: null,
  async run(caller, options) {
    await caller.send(toUploadCall(`${completePath}/multipart_abort`, 'abortUpload', info), options);
  },
  sample: null,
});

/** Two uploads of the same name are two: each has addresses of its own. */
const toAddressCall = (path: string, operation: string): HttpCall => ({
  ...toReadCall(path, operation),
  isShareable: false,
});

/** 201 was measured; the vendor's text about linking says 204 (API 6.1). */
const DONE_BY = {
  completeUpload: [HTTP_STATUS.CREATED, HTTP_STATUS.NO_CONTENT],
  abortUpload: [HTTP_STATUS.NO_CONTENT],
} as const;

const toUploadCall = (path: string, operation: keyof typeof DONE_BY, body: object) =>
  ({
    method: 'POST',
    path,
    operation,
    doneBy: DONE_BY[operation],
    body: { mediaType: 'json', text: JSON.stringify(body) },
    isRepeatable: false,
  }) as const;
