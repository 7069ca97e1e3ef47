import { AppError } from '../base/errors.ts';
import { randomToken } from '../base/ids.ts';
import { MS_PER_SECOND } from '../base/units.ts';
import type { BegunUpload } from '../shotgun/port/upload-types.ts';
import { readNextPart } from '../shotgun/calls/upload.ts';
import type { BegunUploads, UploadPlan } from './begun-uploads.ts';
import { partRange } from './part-plan.ts';
import { replaceKept, superseded } from './replace-kept.ts';
import type { Ticket, Tickets } from './tickets.ts';
import type { UploadPart, UploadWork } from './upload-port.ts';

/** Addresses of an upload's parts; ShotGrid issues them one after the other. */
export interface Addresses {
  /** Begins an upload in the storage and keeps it. */
  begin(work: UploadWork, wish: UploadPlan): Promise<{ readonly id: string } & PartRange>;
  /**
   * Restarts the same upload: the bytes sent so far are dropped. Returns its parts up to `to`.
   *
   * @param range.onBegun called once the restart is kept, and before anything is dropped
   */
  beginAnew(
    work: UploadWork,
    id: string,
    range: { to: number; isStream: boolean; onBegun?: () => void },
  ): Promise<PartRange & { readonly generation: string }>;
  /**
   * Parts from 2 on.
   *
   * @param generation the generation of the parts; any if left out
   * @throws AppError UPLOAD_OVER if the upload was restarted since
   */
  read(
    work: UploadWork,
    id: string,
    range: { from: number; to: number; generation?: string },
  ): Promise<readonly UploadPart[]>;
}

interface PartRange {
  readonly parts: readonly UploadPart[];
}

export interface AddressesDeps {
  readonly tickets: Tickets;
  readonly begun: Pick<BegunUploads, 'beginAt' | 'drop'>;
}

/** Each further address costs a call, made one after the other. */
const PARTS_AT_FIRST = 4;

export function createAddresses({ tickets, begun: inStorage }: AddressesDeps): Addresses {
  const replace = async (work: UploadWork, id: string, renewed: Ticket): Promise<Ticket> => {
    try {
      return await replaceKept(tickets, work, id, renewed);
    } catch (error) {
      // No client has its addresses. If the store still does not answer, it may be kept; then the person restarts
      // it.
      await inStorage.drop(work, renewed);
      throw error;
    }
  };
  const walk = async (
    work: UploadWork,
    id: string,
    ticket: Ticket,
    { from, to, dropped }: { from: number; to: number; dropped?: Ticket },
  ): Promise<UploadPart[]> => {
    const { addresses, nextPartPaths } = await walkTo(work, ticket, { from, to });
    await remember(tickets, work, id, { nextPartPaths, dropped });
    return addresses.map((address, index) => partOf(ticket, from + index, address));
  };
  return {
    async begin(work, wish) {
      const begun = await inStorage.beginAt(work, wish);
      const ticket = ticketOf(wish, begun, null);
      try {
        const id = await tickets.keep(work.person, ticket);
        const to = Math.min(PARTS_AT_FIRST, wish.plan.partCount);
        const later = await walk(work, id, ticket, { from: 2, to });
        return { id, parts: [partOf(ticket, 1, begun.address), ...later] };
      } catch (error) {
        // No client has its id: it can be neither completed nor cancelled.
        await inStorage.drop(work, ticket);
        throw error;
      }
    },
    async beginAnew(work, id, { to, isStream, onBegun }) {
      const ticket = await tickets.read(work.person, id);
      const begun = await inStorage.beginAt(work, ticket);
      const renewed = ticketOf(ticket, begun, isStream ? { etags: null } : null);
      const replaced = await replace(work, id, renewed);
      onBegun?.();
      await inStorage.drop(work, replaced);
      const later = await walk(work, id, renewed, { from: 2, to, dropped: replaced });
      return { parts: [partOf(renewed, 1, begun.address), ...later], generation: renewed.generation };
    },
    async read(work, id, { generation, ...range }) {
      const ticket = await tickets.read(work.person, id);
      if (generation !== undefined && ticket.generation !== generation) throw superseded();
      return walk(work, id, ticket, range);
    },
  };
}

interface Walk {
  readonly addresses: readonly string[];
  /** All links known so far. */
  readonly nextPartPaths: readonly string[];
}

/** Addresses of the parts `from` to `to`, from part 2 on. Links are followed and never built (API 6.2). */
async function walkTo(
  { client, options }: UploadWork,
  { nextPartPaths }: Ticket,
  { from, to }: { from: number; to: number },
): Promise<Walk> {
  const known = [...nextPartPaths];
  const addresses: string[] = [];
  for (let number = Math.max(2, Math.min(from, known.length + 1)); number <= to; number += 1) {
    const path = known[number - 2];
    if (path === undefined) throw new AppError('UPSTREAM_BROKEN');
    // Each link comes with the one before.
    const part = await client.call(readNextPart(path), options);
    known[number - 1] = part.nextPartPath;
    if (number >= from) addresses.push(part.address);
  }
  return { addresses, nextPartPaths: known };
}

/** Keeps the longer list, since two requests may have walked at once. Forgets the uploads that have been dropped. */
async function remember(
  tickets: Tickets,
  { person }: UploadWork,
  id: string,
  { nextPartPaths, dropped }: { nextPartPaths: readonly string[]; dropped: Ticket | undefined },
): Promise<void> {
  await tickets.change(person, id, (ticket) => {
    const isOfThis = ticket.nextPartPaths[0] === nextPartPaths[0];
    const isLonger = nextPartPaths.length > ticket.nextPartPaths.length;
    const leftBehind = (ticket.leftBehind ?? []).filter(
      ({ info }) => info['upload_id'] !== dropped?.info['upload_id'],
    );
    return { ...ticket, leftBehind, ...(isOfThis && isLonger && { nextPartPaths }) };
  });
}

const ticketOf = (
  { target, isField, fileName, plan }: UploadPlan,
  { info, completePath, nextPartPath }: BegunUpload,
  stream: Ticket['stream'],
): Ticket => ({
  target,
  isField,
  fileName,
  plan,
  info,
  completePath,
  nextPartPaths: nextPartPath === null ? [] : [nextPartPath],
  state: 'open',
  completedBy: null,
  generation: randomToken(),
  stream,
});

const partOf = ({ plan }: Ticket, number: number, address: string): UploadPart => ({
  number,
  ...partRange(plan, number),
  address,
  expiresAt: expiryOf(address),
});

const AMZ_DATE = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/u;

/** Presigned addresses contain their lifetime (API 6.3). */
function expiryOf(address: string): string | null {
  const { searchParams } = new URL(address);
  const date = (searchParams.get('X-Amz-Date') ?? '').replace(AMZ_DATE, '$1-$2-$3T$4:$5:$6Z');
  const ms = Date.parse(date) + Number(searchParams.get('X-Amz-Expires')) * MS_PER_SECOND;
  return Number.isNaN(ms) ? null : new Date(ms).toISOString();
}
