import { AppError } from '../base/errors.ts';
import { BRIEF_WAITS_MS, untilWritten } from '../store/until-written.ts';
import type { Ticket, Tickets } from './tickets.ts';
import type { UploadWork } from './upload-port.ts';

/** A ticket grows no further: only a process that ends, or a store that does, in the middle of it leaves one. */
const MOST_LEFT_BEHIND = 5;

/**
 * Puts the upload in place of the one that is kept, which stays noted in it until it is dropped. Gives that one.
 *
 * @throws AppError UPLOAD_OVER; UNAVAILABLE where nobody can tell which of the two is kept
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
    // The answer of the store was lost, and this one was kept.
    if (kept.generation === renewed.generation) return kept.state === 'open' ? kept : undefined;
    // This one may have been kept and replaced since: put there again, it would be one that was dropped.
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

/** Two send one upload: the later one goes on. */
export const superseded = (): AppError =>
  new AppError('UPLOAD_OVER', {
    message:
      'The same upload has begun anew since, so this transfer has ended. Complete it with what the later one gave.',
    details: { reason: 'superseded' },
  });
