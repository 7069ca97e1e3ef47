import { z } from 'zod';
import { AppError } from '../../base/errors.ts';
import { entityPath } from './entity-path.ts';
import type { PersonCaller } from '../wire/person-caller.ts';
import { readAnswer } from './read-answer.ts';
import type { CallOptions } from '../port/records.ts';
import { toReadCall } from './threads.ts';
import type {
  BegunUpload,
  PartAddress,
  UploadCompletion,
  UploadInfo,
  UploadSteps,
  UploadTarget,
} from '../port/upload-types.ts';

/** Links already carry `/api/v1` (API 6.1); they are followed on our site only, whatever host they name. */
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

/** Uploads as one person (API 6.1, 6.2). */
export function createUploadSteps(caller: PersonCaller): UploadSteps {
  return {
    begin: (target, file, options) => beginUpload(caller, { target, file, options }),
    nextPart: (path, options) => readNextPart(caller, path, options),
    complete: (completion, options) => completeUpload(caller, completion, options),
    abort: (upload, options) => abortUpload(caller, upload, options),
  };
}

interface Beginning {
  readonly target: UploadTarget;
  readonly file: { readonly name: string; readonly isMultipart: boolean };
  readonly options: CallOptions | undefined;
}

async function beginUpload(caller: PersonCaller, { target, file, options }: Beginning): Promise<BegunUpload> {
  const { field } = target;
  if (field !== null && !FIELD.test(field)) throw new AppError('BAD_USER_INPUT', { details: { field } });
  const query = new URLSearchParams({
    filename: file.name,
    ...(file.isMultipart && { multipart_upload: 'true' }),
  });
  const place = `${entityPath(target.type, target.id)}${field === null ? '' : `/${field}`}`;
  // Sent again, it may open the storage twice; what nobody completes is never part of a record.
  const call = toReadCall(`${place}/_upload?${query.toString()}`, 'beginUpload');
  const { data, links } = await readAnswer(caller, call, BEGUN, options);
  // Such a site takes the bytes itself, with the person's token: nothing that may be given away (API 6.1).
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

async function readNextPart(
  caller: PersonCaller,
  nextPartPath: string,
  options?: CallOptions,
): Promise<PartAddress> {
  const call = toReadCall(nextPartPath, 'nextUploadPart');
  const { links } = await readAnswer(caller, call, NEXT_PART, options);
  return { address: links.upload, nextPartPath: links.get_next_part };
}

async function completeUpload(
  caller: PersonCaller,
  { info, completePath, etags, displayName }: UploadCompletion,
  options?: CallOptions,
): Promise<void> {
  const body = {
    upload_info: { ...info, ...(etags !== null && { etags }) },
    // It must be there, empty or not (API 6.1).
    upload_data: displayName === null ? {} : { display_name: displayName },
  };
  // 201 or 204 with nothing to read (API 6.1).
  await caller.send(toUploadCall(completePath, 'completeUpload', body), options);
}

/** Takes the information flat; in the last step's wrapper it is refused (API 6.2). */
async function abortUpload(
  caller: PersonCaller,
  { info, completePath }: { info: UploadInfo; completePath: string },
  options?: CallOptions,
): Promise<void> {
  await caller.send(toUploadCall(`${completePath}/multipart_abort`, 'abortUpload', info), options);
}

/** 201 is what was measured, 204 what the vendor's prose says of linking (API 6.1). */
const DONE_BY = { completeUpload: [201, 204], abortUpload: [204] } as const;

const toUploadCall = (path: string, operation: keyof typeof DONE_BY, body: object) =>
  ({
    method: 'POST',
    path,
    operation,
    doneBy: DONE_BY[operation],
    body: { mediaType: 'json', text: JSON.stringify(body) },
    isRepeatable: false,
  }) as const;
