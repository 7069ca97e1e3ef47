import { AppError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { EntityLink, FieldValue, Row } from '../shotgun/port/records.ts';
import type { FilterGroup } from '../shotgun/port/requests.ts';
import type { StoredFile, UploadStorage } from '../shotgun/upload-storage.ts';
import type { CompletedUpload, Completion, UploadWork } from './upload-port.ts';
import { searchRows } from '../shotgun/calls/search.ts';
import type { Ticket } from './tickets.ts';

export interface LinkedDeps {
  readonly storage: UploadStorage;
  readonly logger: Logger;
}

export interface LinkedFile {
  readonly ticket: Ticket;
  readonly completion: Completion;
  /** Id of the record's newest attachment before the file was linked. */
  readonly newest: number;
}

/** An attachment that may be the file, and the storage's description of it. */
interface Candidate {
  readonly attachmentId: number | null;
  readonly file: FieldValue;
  /** Why it is not the announced file; null if it is, undefined if it could not be checked. */
  readonly problem: string | null | undefined;
}

/**
 * Finds the linked file, because the last step returns no id (API 6.1). A field contains it; an attachment is
 * found among the record's new ones, by name, maker, size and ETag. If several fit, none is returned.
 *
 * @throws AppError UPLOAD_INCOMPLETE if the linked file is not the announced one
 */
export async function findLinked(
  deps: LinkedDeps,
  work: UploadWork,
  linked: LinkedFile,
): Promise<Omit<CompletedUpload, 'target'>> {
  const found = linked.ticket.isField
    ? await fieldValue(work, linked.ticket)
    : await attachments(work, linked);
  const looked = await Promise.all(
    found.map(async (file): Promise<Candidate> => ({
      ...file,
      problem: await look(deps, work, linked, file),
    })),
  );
  const [same, ...more] = looked.filter(({ problem }) => problem === null);
  if (same !== undefined && more.length === 0) {
    return { attachmentId: same.attachmentId, file: same.file, isVerified: true };
  }
  const [only, ...others] = looked;
  const isOther = looked.length > 0 && looked.every(({ problem }) => typeof problem === 'string');
  if (isOther)
    throw notAnnounced(only?.problem ?? null, others.length === 0 ? (only?.attachmentId ?? null) : null);
  return only !== undefined && others.length === 0
    ? { attachmentId: only.attachmentId, file: only.file, isVerified: false }
    : { attachmentId: null, file: null, isVerified: false };
}

type Found = Pick<Candidate, 'attachmentId' | 'file'>;

async function fieldValue({ client, options }: UploadWork, { target }: Ticket): Promise<readonly Found[]> {
  const { type, id } = target;
  const field = String(target.field);
  const filter: FilterGroup = { logical_operator: 'and', conditions: [['id', 'is', id]] };
  const [row] = await client.call(searchRows({ type, filter, fields: [field], pageSize: 1 }), options);
  const file = row?.fields[field] ?? null;
  const fileId = typeof file === 'object' && file !== null && 'id' in file ? file.id : null;
  return [{ attachmentId: typeof fileId === 'number' ? fileId : null, file }];
}

async function attachments(
  { client, options, person }: UploadWork,
  { ticket, newest }: LinkedFile,
): Promise<readonly Found[]> {
  const conditions = [...attachedTo(ticket).conditions, ['id', 'greater_than', newest]] as const;
  const filter: FilterGroup = { logical_operator: 'and', conditions };
  const fields = ['this_file', 'original_fname', 'created_by'];
  const rows = await client.call(
    searchRows({ type: 'Attachment', filter, fields, sort: 'id', pageSize: 50 }),
    options,
  );
  return rows
    .filter((row) => row.fields['original_fname'] === ticket.fileName && isMadeBy(row, person.person))
    .map(({ id, fields: { this_file: file = null } }) => ({ attachmentId: id, file }));
}

/** If the site does not state the maker, it may be anyone's. */
function isMadeBy({ fields }: Row, person: { readonly type: string; readonly id: number }): boolean {
  const maker = (fields['created_by'] ?? null) as EntityLink | null;
  return maker === null || (maker.type === person.type && maker.id === person.id);
}

export async function newestAttachment({ client, options }: UploadWork, ticket: Ticket): Promise<number> {
  if (ticket.isField) return 0;
  const [row] = await client.call(
    searchRows({ type: 'Attachment', filter: attachedTo(ticket), fields: ['id'], sort: '-id', pageSize: 1 }),
    options,
  );
  return row?.id ?? 0;
}

const attachedTo = ({ target: { type, id } }: Ticket): FilterGroup => ({
  logical_operator: 'and',
  conditions: [['attachment_links', 'in', [{ type, id }]]],
});

async function look(
  { storage, logger }: LinkedDeps,
  { options }: UploadWork,
  { ticket, completion }: LinkedFile,
  { file }: Found,
): Promise<Candidate['problem']> {
  const address = addressOf(file);
  if (address === null) return undefined;
  try {
    const stored = await storage.look(address, options.signal ?? new AbortController().signal);
    return problemOf(ticket, completion, stored);
  } catch (error) {
    logger.warn('upload.not_verified', { error });
    return undefined;
  }
}

/** Thumbnails are a placeholder at first (API 6.3), and a web link is no file of ours. */
function addressOf(file: FieldValue): string | null {
  if (typeof file !== 'object' || file === null || !('url' in file)) return null;
  return typeof file.url === 'string' && URL.canParse(file.url) ? file.url : null;
}

/** Completed without bytes, or with other bytes than announced: the site links both (API 6.1). */
function problemOf({ plan }: Ticket, { etags }: Completion, stored: StoredFile | null): string | null {
  if (stored === null) return 'noBytes';
  if (stored.sizeBytes !== null && stored.sizeBytes !== plan.sizeBytes) return 'otherSize';
  // The ETag of a multipart file equals no part's ETag.
  const isSame = plan.partCount > 1 || stored.etag === null || stored.etag === plainEtag(etags[0]);
  return isSame ? null : 'otherEtag';
}

const notAnnounced = (reason: string | null, attachmentId: number | null): AppError =>
  new AppError('UPLOAD_INCOMPLETE', {
    message:
      'ShotGrid has linked the file, but what lies in its storage is not the file that was announced. Upload it again.',
    details: { reason, outcome: 'done', ...(attachmentId !== null && { attachmentId }) },
  });

export const plainEtag = (etag: string | undefined): string => (etag ?? '').replaceAll('"', '');
