import type { Uploads, UploadWork } from './upload-port.ts';
import { AppError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { Config } from '../config/config.ts';
import type { UploadStorage } from '../shotgun/upload-storage.ts';
import type { UploadTarget } from '../shotgun/port/upload-types.ts';
import type { Vault } from '../store/vault.ts';
import { readFieldInfo } from '../shotgun/calls/field-info.ts';
import { createAddresses } from './addresses.ts';
import { createBegunUploads } from './begun-uploads.ts';
import { createCompletion } from './completion.ts';
import { assertFileName } from './file-name.ts';
import { type PartPlan, planParts } from './part-plan.ts';
import { createStream } from './stream.ts';
import { createTickets } from './tickets.ts';

export interface UploadsDeps {
  readonly vault: Vault;
  readonly storage: UploadStorage;
  readonly settings: Config['upload'];
  readonly logger: Logger;
}

const MAX_PARTS_AT_ONCE = 50;

export function createUploads({ vault, storage, settings, logger }: UploadsDeps): Uploads {
  const tickets = createTickets(vault, settings);
  const begun = createBegunUploads({ storage, logger });
  const addresses = createAddresses({ tickets, begun });
  return {
    async request(work, { target, dataType, fileName, sizeBytes, settle }) {
      assertFileName(fileName);
      const isField = dataType === 'url' || dataType === 'image';
      // An attachment, without a field or in a list of attachments, must be sent to the site in one piece (API
      // 6.2).
      const plan = planParts(sizeBytes, isField, settings);
      await settle?.();
      await assertMayChange(work, target);
      const requested = await addresses.begin(work, { target, isField, fileName, plan });
      return { ...requested, partCount: plan.partCount };
    },

    async parts(work, id, { from, count }) {
      const { plan } = await tickets.read(work.person, id);
      assertRange(plan, from, count);
      const to = Math.min(from + count - 1, plan.partCount);
      if (from > 1) return addresses.read(work, id, { from, to });
      return (await addresses.beginAnew(work, id, { to, isStream: false })).parts;
    },

    stream: createStream({ tickets, addresses, storage }),

    complete: createCompletion({ tickets, begun, storage, logger }),

    async cancel(work, id) {
      // An upload that is being linked can no longer be cancelled; an interrupted cancellation is repeated.
      const cancelled = await tickets.change(work.person, id, (kept) =>
        kept.state === 'completing' ? undefined : { ...kept, state: 'cancelled' },
      );
      // Before the ticket is deleted: a repeat would find nothing to drop.
      await begun.abort(work, cancelled);
      await tickets.drop(id);
    },
  };
}

/** The site reports a missing right only in the last step, after every byte was sent, so check it first. */
async function assertMayChange(
  { client, options }: UploadWork,
  { type, field }: UploadTarget,
): Promise<void> {
  if (field === null) return;
  const { editable } = await client.call(readFieldInfo({ type, field, projectId: null }), options);
  if (!editable) throw new AppError('FORBIDDEN', { details: { entityType: type, field, reason: 'update' } });
}

function assertRange({ partCount }: PartPlan, from: number, count: number): void {
  if (from >= 1 && from <= partCount && count >= 1 && count <= MAX_PARTS_AT_ONCE) return;
  throw new AppError('BAD_USER_INPUT', {
    message: `The upload has ${partCount} parts. Ask for some of them, at most ${MAX_PARTS_AT_ONCE} at once.`,
    details: { path: 'from', value: from },
  });
}
