import type { Completion, Uploads, UploadWork } from './upload-port.ts';
import { AppError, toAppError } from '../base/errors.ts';
import { randomToken } from '../base/ids.ts';
import { BRIEF_WAITS_MS, untilWritten } from '../store/until-written.ts';
import { completeUpload } from '../shotgun/calls/upload.ts';
import type { BegunUploads } from './begun-uploads.ts';
import { superseded } from './replace-kept.ts';
import { findLinked, type LinkedDeps, newestAttachment, plainEtag } from './linked-file.ts';
import type { Ticket, Tickets } from './tickets.ts';

export interface CompletionDeps extends LinkedDeps {
  readonly tickets: Tickets;
  readonly begun: Pick<BegunUploads, 'abortLeftBehind'>;
}

const ETAG = /^"?[\w+/=-]{1,128}"?$/u;

/** Links the uploaded file, once, and checks that it is there. */
export function createCompletion(deps: CompletionDeps): Uploads['complete'] {
  const { tickets } = deps;
  return async (work, id, completion) => {
    const ticket = await tickets.read(work.person, id);
    assertEtags(ticket, completion.etags);
    await completion.beforeLinking?.(ticket.target);
    const newest = await newestAttachment(work, ticket);
    // Of two concurrent calls exactly one continues, or the file would be attached twice. It links the ticket that
    // it checked.
    const completedBy = randomToken();
    const begin = (kept: Ticket): Ticket | undefined => {
      if (kept.generation !== ticket.generation) throw superseded();
      // If the store's answer was lost, this try finds its own name there.
      const isFree = kept.state === 'open' || kept.completedBy === completedBy;
      return isFree ? { ...kept, state: 'completing', completedBy } : undefined;
    };
    await untilWritten(() => tickets.change(work.person, id, begin), BRIEF_WAITS_MS);
    try {
      await link(work, ticket, completion);
    } catch (thrown) {
      const error = toAppError(thrown);
      // Certainly nothing was linked: the person may send the missing parts and complete again.
      const isRefused = error.details?.['outcome'] !== 'unknown' && error.code !== 'INTERNAL';
      const reopen = (kept: Ticket): Ticket => ({ ...kept, state: 'open', completedBy: null });
      if (isRefused) await untilWritten(() => tickets.change(work.person, id, reopen), BRIEF_WAITS_MS);
      throw error;
    }
    // The file is linked, even if the ticket stays: it cannot be completed again, and it expires.
    await tickets.drop(id).catch((error: unknown) => deps.logger.warn('upload.ticket_left', { error }));
    await deps.begun.abortLeftBehind(work, ticket);
    const linked = await findLinked(deps, work, { ticket, completion, newest });
    return { ...linked, target: ticket.target };
  };
}

/**
 * Without an ETag the storage has not received the part, yet the site would link a file in one piece (API 6.1).
 * For a file that passed through us the ETags are known: those of an earlier transfer would link the bytes of a
 * later one.
 */
function assertEtags({ plan, stream }: Ticket, etags: readonly string[]): void {
  const isWhole = etags.length === plan.partCount && etags.every((etag) => ETAG.test(etag));
  if (!isWhole) {
    throw new AppError('UPLOAD_INCOMPLETE', {
      message: `Give the ETag that the storage answered to each of the ${plan.partCount} parts, in order.`,
      details: { path: 'etags', expected: plan.partCount, given: etags.length },
    });
  }
  const sent = stream === null ? etags : stream.etags;
  if (sent !== null && sent.every((etag, index) => plainEtag(etag) === plainEtag(etags[index]))) return;
  throw new AppError('UPLOAD_INCOMPLETE', {
    message:
      'These are not the ETags of the last transfer of this upload, or it is still on its way. Nothing was linked: complete it with what the last one gave.',
    details: { path: 'etags', reason: 'superseded' },
  });
}

async function link({ client, options }: UploadWork, ticket: Ticket, completion: Completion): Promise<void> {
  const { info, completePath, plan, target } = ticket;
  const { etags, displayName } = completion;
  await client.call(
    completeUpload({ target, info, completePath, displayName, etags: plan.partCount === 1 ? null : etags }),
    options,
  );
}
