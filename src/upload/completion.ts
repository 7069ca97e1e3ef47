import { AppError, toAppError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { FieldValue, FilterGroup } from '../shotgun/shotgun.ts';
import type { UploadStorage } from '../shotgun/upload-storage.ts';
import type { UploadTarget } from '../shotgun/upload-types.ts';
import type { Ticket, Tickets } from './tickets.ts';
import type { UploadWork, Uploads } from './uploads.ts';

export interface Completion {
  /** What the storage answered to each part, in order. */
  readonly etags: readonly string[];
  readonly displayName: string | null;
}

export interface CompletedUpload {
  readonly target: UploadTarget;
  /** Id of the new Attachment; null for a thumbnail, and where the person may not see it. */
  readonly attachmentId: number | null;
  /** Value of the field, or of the attachment's file, as ShotGrid gives it. */
  readonly file: FieldValue;
  /** False where nobody could look whether the bytes are there: thumbnails, and a storage that does not answer. */
  readonly isVerified: boolean;
}

export interface CompletionDeps {
  readonly tickets: Tickets;
  readonly storage: UploadStorage;
  readonly logger: Logger;
}

const ETAG = /^"?[\w+/=-]{1,128}"?$/u;

/** Links the uploaded file, once, and looks whether it is there. */
export function createCompletion({ tickets, storage, logger }: CompletionDeps): Uploads['complete'] {
  return async (work, id, completion) => {
    const ticket = await tickets.read(work.person, id);
    assertEtags(ticket, completion.etags);
    const newest = await newestAttachment(work, ticket);
    // Of two at once exactly one goes on, or the file would be attached twice.
    await tickets.change(work.person, id, (kept) =>
      kept.state === 'open' ? { ...kept, state: 'completing' } : undefined,
    );
    try {
      await link(work, ticket, completion);
    } catch (thrown) {
      const error = toAppError(thrown);
      // Nothing was linked for sure: the person may send what is missing and complete again.
      const isRefused = error.details?.['outcome'] !== 'unknown' && error.code !== 'INTERNAL';
      if (isRefused) await tickets.change(work.person, id, (kept) => ({ ...kept, state: 'open' }));
      throw error;
    }
    await tickets.drop(id);
    const linked = await readLinked(work, ticket, newest);
    return { ...linked, target: ticket.target, isVerified: await isThere(linked) };

    async function isThere({ file, attachmentId }: Linked): Promise<boolean> {
      const address = addressOf(file);
      if (address === null) return false;
      let stored;
      try {
        const signal = work.options.signal ?? new AbortController().signal;
        stored = await storage.look(address, signal);
      } catch (error) {
        logger.warn('upload.not_verified', { error });
        return false;
      }
      assertWhole(ticket, completion, { stored, attachmentId });
      return true;
    }
  };
}

/** Without an ETag the storage has not taken the part, yet the site would link a file in one piece (API 6.1). */
function assertEtags({ plan }: Ticket, etags: readonly string[]): void {
  const isWhole = etags.length === plan.partCount && etags.every((etag) => ETAG.test(etag));
  if (isWhole) return;
  throw new AppError('UPLOAD_INCOMPLETE', {
    message: `Give the ETag that the storage answered to each of the ${plan.partCount} parts, in order.`,
    details: { path: 'etags', expected: plan.partCount, given: etags.length },
  });
}

async function link({ client, options }: UploadWork, ticket: Ticket, completion: Completion): Promise<void> {
  const { info, completePath, plan, target } = ticket;
  const { etags, displayName } = completion;
  await client.uploads.complete(
    { target, info, completePath, displayName, etags: plan.partCount === 1 ? null : etags },
    options,
  );
}

interface Linked {
  readonly attachmentId: number | null;
  readonly file: FieldValue;
}

/** The last step names nothing that it made (API 6.1): the field says it, or the newest attachment since before. */
async function readLinked(work: UploadWork, ticket: Ticket, newest: number): Promise<Linked> {
  const { type, id, field } = ticket.target;
  const { client, options } = work;
  if (!ticket.isField) {
    const conditions = [...attachedTo(ticket).conditions, ['id', 'greater_than', newest]] as const;
    const filter: FilterGroup = { logical_operator: 'and', conditions };
    const rows = await client.search(
      { type: 'Attachment', filter, fields: ['this_file', 'original_fname'], sort: 'id', pageSize: 50 },
      options,
    );
    const ours = rows.find(({ fields }) => fields['original_fname'] === ticket.fileName);
    return { attachmentId: ours?.id ?? null, file: ours?.fields['this_file'] ?? null };
  }
  const filter: FilterGroup = { logical_operator: 'and', conditions: [['id', 'is', id]] };
  const [row] = await client.search({ type, filter, fields: [String(field)], pageSize: 1 }, options);
  const file = row?.fields[String(field)] ?? null;
  const fileId = typeof file === 'object' && file !== null && 'id' in file ? file.id : null;
  return { attachmentId: typeof fileId === 'number' ? fileId : null, file };
}

async function newestAttachment({ client, options }: UploadWork, ticket: Ticket): Promise<number> {
  if (ticket.isField) return 0;
  const [row] = await client.search(
    { type: 'Attachment', filter: attachedTo(ticket), fields: ['id'], sort: '-id', pageSize: 1 },
    options,
  );
  return row?.id ?? 0;
}

const attachedTo = ({ target: { type, id } }: Ticket): FilterGroup => ({
  logical_operator: 'and',
  conditions: [['attachment_links', 'in', [{ type, id }]]],
});

/** Thumbnails are a placeholder at first (API 6.3), and a web link is no file of ours. */
function addressOf(file: FieldValue): string | null {
  if (typeof file !== 'object' || file === null || !('url' in file)) return null;
  return typeof file.url === 'string' && URL.canParse(file.url) ? file.url : null;
}

interface Found {
  readonly stored: Awaited<ReturnType<UploadStorage['look']>>;
  readonly attachmentId: number | null;
}

/** Completed without bytes, or with other bytes than were announced: the site links both (API 6.1). */
function assertWhole({ plan }: Ticket, { etags }: Completion, { stored, attachmentId }: Found): void {
  const reason = (): string | null => {
    if (stored === null) return 'noBytes';
    if (stored.sizeBytes !== null && stored.sizeBytes !== plan.sizeBytes) return 'otherSize';
    // The ETag of a file in parts is not that of any part.
    const isSame = plan.partCount > 1 || stored.etag === null || stored.etag === plain(etags[0]);
    return isSame ? null : 'otherEtag';
  };
  const found = reason();
  if (found === null) return;
  throw new AppError('UPLOAD_INCOMPLETE', {
    message:
      'ShotGrid has linked the file, but what lies in its storage is not the file that was announced. Upload it again.',
    details: { reason: found, ...(attachmentId !== null && { attachmentId }) },
  });
}

const plain = (etag: string | undefined): string => (etag ?? '').replaceAll('"', '');
