import type { Logger } from '../base/logger.ts';
import { abortUpload, beginUpload } from '../shotgun/calls/upload.ts';
import type { BegunUpload } from '../shotgun/port/upload-types.ts';
import type { UploadStorage } from '../shotgun/upload-storage.ts';
import type { Ticket } from './tickets.ts';
import type { UploadWork } from './upload-port.ts';

export type UploadPlan = Pick<Ticket, 'target' | 'isField' | 'fileName' | 'plan'>;

type Begun = Pick<Ticket, 'info' | 'completePath' | 'plan'>;

/** Uploads in the storage, and their removal if they are never completed. Nothing here waits for the store. */
export interface BegunUploads {
  beginAt(work: UploadWork, wish: UploadPlan): Promise<BegunUpload>;
  /**
   * Makes the storage delete the parts. Never rejects. Runs also after the person has left: otherwise the storage
   * would keep the parts, and the studio would pay for them.
   */
  drop(work: UploadWork, begun: Begun): Promise<void>;
  /** The same, and also for replaced uploads that could not be dropped. */
  abort(work: UploadWork, ticket: Begun & Pick<Ticket, 'leftBehind'>): Promise<void>;
  /** Drops replaced uploads that could not be dropped at the time. */
  abortLeftBehind(work: UploadWork, ticket: Pick<Ticket, 'plan' | 'leftBehind'>): Promise<void>;
}

export function createBegunUploads({
  storage,
  logger,
}: {
  readonly storage: Pick<UploadStorage, 'assertOurs'>;
  readonly logger: Pick<Logger, 'warn'>;
}): BegunUploads {
  const drop: BegunUploads['drop'] = async ({ client }, { info, completePath, plan }) => {
    if (plan.partCount === 1) return;
    await client
      .call(abortUpload({ info, completePath }))
      .catch((error: unknown) => logger.warn('upload.abort_failed', { error }));
  };
  const abortLeftBehind: BegunUploads['abortLeftBehind'] = async (work, { plan, leftBehind = [] }) => {
    await Promise.all(leftBehind.map((left) => drop(work, { ...left, plan })));
  };
  return {
    drop,
    abortLeftBehind,
    async beginAt(work, { target, fileName, plan }) {
      const file = { name: fileName, isMultipart: plan.partCount > 1 };
      const begun = await work.client.call(beginUpload(target, file), work.options);
      try {
        storage.assertOurs(begun.address);
      } catch (error) {
        await drop(work, { ...begun, plan });
        throw error;
      }
      return begun;
    },
    async abort(work, ticket) {
      await Promise.all([drop(work, ticket), abortLeftBehind(work, ticket)]);
    },
  };
}
