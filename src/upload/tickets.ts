import { AppError } from '../base/errors.ts';
import { isRandomToken, randomToken } from '../base/ids.ts';
import type { Config } from '../config/config.ts';
import type { Principal } from '../identity/person/principal.ts';
import type { BegunUpload, UploadTarget } from '../shotgun/port/upload-types.ts';
import { hashedKey, type Vault } from '../store/vault.ts';
import type { PartPlan } from './part-plan.ts';

/** A pending upload. Presigned addresses are not part of it: they are never stored. */
export interface Ticket extends Pick<BegunUpload, 'info' | 'completePath'> {
  readonly target: UploadTarget;
  /** True if the file becomes the field's value; otherwise it is attached to the record. */
  readonly isField: boolean;
  readonly fileName: string;
  readonly plan: PartPlan;
  /** Links that return the addresses of part 2, 3 and so on, as far as they are known. */
  readonly nextPartPaths: readonly string[];
  /** Replaced uploads that the storage may not have dropped yet. */
  readonly leftBehind?: readonly Pick<BegunUpload, 'info' | 'completePath'>[];
  readonly state: 'open' | 'completing' | 'cancelled';
  /** Identifies the one try that completes it. */
  readonly completedBy: string | null;
  /** New with each restart of the upload: an earlier value means that a later transfer has replaced this one. */
  readonly generation: string;
  /**
   * Set if the file passes through us: then the ETags of its parts are known. Null if the client sends it to the
   * storage.
   */
  readonly stream: { readonly etags: readonly string[] | null } | null;
}

interface TicketRecord extends Ticket {
  readonly owner: { readonly issuer: string; readonly subject: string; readonly personId: number };
}

/**
 * Pending uploads, encrypted in the store. The browser gets only an unguessable id, so it can complete only what
 * it requested: the same record, field and file, as the same person.
 */
export interface Tickets {
  keep(person: Principal, ticket: Ticket): Promise<string>;
  /**
   * The upload of that person. Another person's upload and one that never existed look the same.
   *
   * @throws AppError UPLOAD_OVER
   */
  read(person: Principal, id: string): Promise<Ticket>;
  /**
   * Returns the ticket as it was just before the change: an earlier read may be out of date.
   *
   * @throws AppError UPLOAD_OVER if it is gone, is another person's or `change` returns undefined
   */
  change(person: Principal, id: string, change: (ticket: Ticket) => Ticket | undefined): Promise<Ticket>;
  drop(id: string): Promise<void>;
}

export function createTickets(vault: Vault, { ttlMs }: Pick<Config['upload'], 'ttlMs'>): Tickets {
  // The vault's records were written by this module: they are authenticated with its key.
  return {
    async keep({ issuer, subject, person }, ticket) {
      const id = randomToken();
      const record: TicketRecord = { ...ticket, owner: { issuer, subject, personId: person.id } };
      await vault.set(keyOf(id), record, ttlMs);
      return id;
    },
    async read(person, id) {
      const record = isRandomToken(id)
        ? ((await vault.get(keyOf(id))) as TicketRecord | undefined)
        : undefined;
      if (record === undefined || !isOwner(record, person)) throw new AppError('UPLOAD_OVER');
      return record;
    },
    async change(person, id, change) {
      let replaced: Ticket | undefined;
      const ifTheirs = (value: unknown): TicketRecord | undefined => {
        const record = value as TicketRecord;
        const changed = isOwner(record, person) ? change(record) : undefined;
        replaced = record;
        return changed && { ...changed, owner: record.owner };
      };
      const hasChanged = isRandomToken(id) && (await vault.update(keyOf(id), ifTheirs, ttlMs));
      if (!hasChanged || replaced === undefined) throw new AppError('UPLOAD_OVER');
      return replaced;
    },
    drop: (id) => vault.delete(keyOf(id)),
  };
}

/** The id opens the upload to its owner, so the store contains only its hash. */
const keyOf = (id: string): string => hashedKey('upload', id);

/** By account and person: a renewed session or a new login keeps the upload, a changed mapping does not. */
const isOwner = ({ owner }: TicketRecord, { issuer, subject, person }: Principal): boolean =>
  owner.issuer === issuer && owner.subject === subject && owner.personId === person.id;
