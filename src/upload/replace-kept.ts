import { AppError } from '../base/errors.ts';
import { BRIEF_WAITS_MS, untilWritten } from '../store/until-written.ts';
import type { Ticket, Tickets } from './tickets.ts';
import type { UploadWork } from './upload-port.ts';

/** Limits a ticket's size: only a crash of a process, or of a store, during a replacement leaves one. */
const MOST_LEFT_BEHIND = 5;

/**
 * Replaces the kept upload by the new one, which records the old one until it is dropped. Returns the old one.
 *
 * @throws AppError UPLOAD_OVER; UNAVAILABLE if it is unknown which of the two is kept
 */
export async function replaceKept(
  tickets: Tickets,
  { person }: UploadWork,
  id: string,
  renewed: Ticket,
): Promise<Ticket> {
  let replaced: Ticket | undefined;
  let isAgain = false;
  const change = (kept: Ticket): Ticket | undefined => {
    // The store's answer was lost, and this upload was kept.
    if (kept.generation === renewed.generation) return kept.state === 'open' ? kept : undefined;
    // This one may have been kept and replaced since: keeping it again would restore a dropped upload.
    if (isAgain && replaced !== undefined && kept.generation !== replaced.generation) throw superseded();
    replaced = kept;
    const { info, completePath, leftBehind = [] } = kept;
    const left = [...leftBehind, { info, completePath }].slice(-MOST_LEFT_BEHIND);
    return kept.state === 'open' ? { ...renewed, leftBehind: left } : undefined;
  };
  await untilWritten(async () => {
    try {
      await tickets.change(person, id, change);
    } finally {
      isAgain = true;
    }
  }, BRIEF_WAITS_MS);
  if (replaced === undefined) throw new AppError('UPLOAD_OVER');
  return replaced;
}

/** Two transfers of one upload: the later one continues. */
export const superseded = (): AppError =>
  new AppError('UPLOAD_OVER', {
    message:
      'The same upload has started again since, so this transfer has ended. Complete it with what the later one gave.',
    details: { reason: 'superseded' },
  });
