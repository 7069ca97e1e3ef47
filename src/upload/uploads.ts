import { AppError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { Config } from '../config/config.ts';
import type { Principal } from '../identity/principal.ts';
import type { ActingClient, CallOptions } from '../shotgun/shotgun.ts';
import type { UploadStorage } from '../shotgun/upload-storage.ts';
import type { BegunUpload, UploadTarget } from '../shotgun/upload-types.ts';
import type { Vault } from '../store/vault.ts';
import { createCompletion, type CompletedUpload, type Completion } from './completion.ts';
import { assertFileName } from './file-name.ts';
import { partRange, planParts } from './part-plan.ts';
import { createTickets, type Ticket, type Tickets } from './tickets.ts';

/** Who uploads, and ShotGrid as that person. */
export interface UploadWork {
  readonly person: Principal;
  readonly client: Pick<ActingClient, 'uploads' | 'search' | 'fieldInfo'>;
  readonly options: CallOptions;
}

export interface UploadWish {
  readonly target: UploadTarget;
  /** Data type of the target's field; null for an attachment. */
  readonly dataType: string | null;
  readonly fileName: string;
  readonly sizeBytes: number;
}

/** Where to send a part: a PUT with its bytes and nothing else. */
export interface UploadPart {
  /** From 1. */
  readonly number: number;
  /** Where the part begins in the file. */
  readonly offset: number;
  readonly sizeBytes: number;
  /** Presigned: a secret until it expires. */
  readonly address: string;
  readonly expiresAt: string | null;
}

export interface RequestedUpload {
  readonly id: string;
  readonly partCount: number;
  /** The first parts; the others are asked for when their turn comes, since addresses expire. */
  readonly parts: readonly UploadPart[];
}

export interface Uploads {
  /**
   * Begins an upload. What can be checked is checked before any byte is sent: the name, the size, and whether the person
   * may change the field.
   *
   * @throws AppError BAD_USER_INPUT, TOO_LARGE, FORBIDDEN, NOT_FOUND, UNAVAILABLE
   */
  request(work: UploadWork, wish: UploadWish): Promise<RequestedUpload>;
  /**
   * Addresses of `count` parts from part `from` on, anew where they were given before. From part 1 on the upload begins
   * anew: what was sent is dropped, because the site gives the address of the first part only with a new upload.
   *
   * @throws AppError UPLOAD_OVER, BAD_USER_INPUT
   */
  parts(work: UploadWork, id: string, range: { from: number; count: number }): Promise<readonly UploadPart[]>;
  complete(work: UploadWork, id: string, completion: Completion): Promise<CompletedUpload>;
  /** Drops the upload and its parts. */
  cancel(work: UploadWork, id: string): Promise<void>;
}

export interface UploadsDeps {
  readonly vault: Vault;
  readonly storage: UploadStorage;
  readonly settings: Config['upload'];
  readonly logger: Logger;
}

/** Each further address is a call that waits for the one before it. */
const PARTS_AT_FIRST = 4;
const MAX_PARTS_AT_ONCE = 50;

export function createUploads({ vault, storage, settings, logger }: UploadsDeps): Uploads {
  const tickets = createTickets(vault, settings);
  const begin = async (work: UploadWork, wish: Pick<Ticket, 'target' | 'fileName' | 'plan'>) => {
    const file = { name: wish.fileName, isMultipart: wish.plan.partCount > 1 };
    const begun = await work.client.uploads.begin(wish.target, file, work.options);
    storage.assertOurs(begun.address);
    return begun;
  };
  const abort = async ({ client, options }: UploadWork, { info, completePath, plan }: Ticket) => {
    if (plan.partCount === 1) return;
    // Parts that stay cost the studio space, but no person can help it.
    await client.uploads
      .abort({ info, completePath }, options)
      .catch((error: unknown) => logger.warn('upload.abort_failed', { error }));
  };

  return {
    async request(work, { target, dataType, fileName, sizeBytes }) {
      assertFileName(fileName);
      const isField = dataType === 'url' || dataType === 'image';
      // What is attached, without a field or into a list of attachments, the site takes in one piece (API 6.2).
      const plan = planParts(sizeBytes, isField, settings);
      await assertMayChange(work, target);
      const begun = await begin(work, { target, fileName, plan });
      const ticket = ticketOf({ target, isField, fileName, plan }, begun);
      const id = await tickets.keep(work.person, ticket);
      const asked = Math.min(PARTS_AT_FIRST, plan.partCount);
      const later = await walkTo(work, ticket, asked);
      await remember(tickets, work, id, later.nextPartPaths);
      const parts = [begun.address, ...later.addresses].map((address, index) =>
        partOf(ticket, index + 1, address),
      );
      return { id, partCount: plan.partCount, parts };
    },

    async parts(work, id, { from, count }) {
      const ticket = await tickets.read(work.person, id);
      assertRange(ticket, from, count);
      const to = Math.min(from + count - 1, ticket.plan.partCount);
      if (from > 1) {
        const walk = await walkTo(work, ticket, to, from);
        await remember(tickets, work, id, walk.nextPartPaths);
        return walk.addresses.map((address, index) => partOf(ticket, from + index, address));
      }
      const begun = await begin(work, ticket);
      const renewed = ticketOf(ticket, begun);
      await tickets.change(work.person, id, ({ state }) => (state === 'open' ? renewed : undefined));
      await abort(work, ticket);
      const walk = await walkTo(work, renewed, to);
      await remember(tickets, work, id, walk.nextPartPaths);
      return [begun.address, ...walk.addresses].map((address, index) => partOf(renewed, index + 1, address));
    },

    complete: createCompletion({ tickets, storage, logger }),

    async cancel(work, id) {
      const ticket = await tickets.read(work.person, id);
      await tickets.drop(id);
      await abort(work, ticket);
    },
  };
}

/** The site tells of a missing right only in the last step, when every byte has been sent: this asks at once. */
async function assertMayChange(
  { client, options }: UploadWork,
  { type, field }: UploadTarget,
): Promise<void> {
  if (field === null) return;
  const { editable } = await client.fieldInfo({ type, field, projectId: null }, options);
  if (!editable) throw new AppError('FORBIDDEN', { details: { entityType: type, field, reason: 'update' } });
}

function assertRange({ plan: { partCount } }: Ticket, from: number, count: number): void {
  if (from >= 1 && from <= partCount && count >= 1 && count <= MAX_PARTS_AT_ONCE) return;
  throw new AppError('BAD_USER_INPUT', {
    message: `The upload has ${partCount} parts. Ask for some of them, at most ${MAX_PARTS_AT_ONCE} at once.`,
    details: { path: 'from', value: from },
  });
}

interface Walk {
  readonly addresses: readonly string[];
  /** All links known by then. */
  readonly nextPartPaths: readonly string[];
}

/** Addresses of the parts `from` to `to`, from part 2 on. Links are followed and never built (API 6.2). */
async function walkTo(
  { client, options }: UploadWork,
  { nextPartPaths }: Ticket,
  to: number,
  from = 2,
): Promise<Walk> {
  const known = [...nextPartPaths];
  const addresses: string[] = [];
  for (let number = Math.max(2, Math.min(from, known.length + 1)); number <= to; number += 1) {
    const path = known[number - 2];
    if (path === undefined) throw new AppError('UPSTREAM_BROKEN');
    // oxlint-disable-next-line no-await-in-loop -- each link comes with the one before
    const part = await client.uploads.nextPart(path, options);
    known[number - 1] = part.nextPartPath;
    if (number >= from) addresses.push(part.address);
  }
  return { addresses, nextPartPaths: known };
}

/** Keeps the longer list: two requests may have walked at once. */
async function remember(
  tickets: Tickets,
  { person }: UploadWork,
  id: string,
  nextPartPaths: readonly string[],
): Promise<void> {
  await tickets.change(person, id, (ticket) => {
    const isOfThis = ticket.nextPartPaths[0] === nextPartPaths[0];
    const isLonger = nextPartPaths.length > ticket.nextPartPaths.length;
    return isOfThis && isLonger ? { ...ticket, nextPartPaths } : ticket;
  });
}

const ticketOf = (
  { target, isField, fileName, plan }: Pick<Ticket, 'target' | 'isField' | 'fileName' | 'plan'>,
  { info, completePath, nextPartPath }: BegunUpload,
): Ticket => ({
  target,
  isField,
  fileName,
  plan,
  info,
  completePath,
  nextPartPaths: nextPartPath === null ? [] : [nextPartPath],
  state: 'open',
});

const partOf = ({ plan }: Ticket, number: number, address: string): UploadPart => ({
  number,
  ...partRange(plan, number),
  address,
  expiresAt: expiryOf(address),
});

const AMZ_DATE = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/u;

/** Presigned addresses say themselves how long they live (API 6.3). */
function expiryOf(address: string): string | null {
  const { searchParams } = new URL(address);
  const date = (searchParams.get('X-Amz-Date') ?? '').replace(AMZ_DATE, '$1-$2-$3T$4:$5:$6Z');
  const ms = Date.parse(date) + Number(searchParams.get('X-Amz-Expires')) * 1000;
  return Number.isNaN(ms) ? null : new Date(ms).toISOString();
}
