import { AppError } from '../base/errors.ts';
import { isRandomToken, randomToken } from '../base/ids.ts';
import type { Config } from '../config/config.ts';
import type { Principal } from '../identity/person/principal.ts';
import type { BegunUpload, UploadTarget } from '../shotgun/port/upload-types.ts';
import { hashedKey, type Vault } from '../store/vault.ts';
import type { PartPlan } from './part-plan.ts';

/** An upload under way. Presigned addresses are no part of it: they are never stored. */
export interface Ticket extends Pick<BegunUpload, 'info' | 'completePath'> {
  readonly target: UploadTarget;
  /** True where the file becomes the field's value; otherwise it is attached to the record. */
  readonly isField: boolean;
  readonly fileName: string;
  readonly plan: PartPlan;
  /** Links that give the addresses of part 2, 3 and so on, as far as they are known. */
  readonly nextPartPaths: readonly string[];
  /** What it has replaced and the storage may not have dropped yet. */
  readonly leftBehind?: readonly Pick<BegunUpload, 'info' | 'completePath'>[];
  readonly state: 'open' | 'completing' | 'cancelled';
  /** Names the one try that completes it. */
  readonly completedBy: string | null;
  /** Another each time that the upload begins anew: whoever holds an earlier one has been superseded. */
  readonly generation: string;
  /** A file that goes through us, or has: what the storage answered to its parts is known then. Null for one that does not. */
  readonly stream: { readonly etags: readonly string[] | null } | null;
}

interface TicketRecord extends Ticket {
  readonly owner: { readonly issuer: string; readonly subject: string; readonly personId: number };
}

/**
 * Uploads that have begun, encrypted in the store. The browser gets an unguessable id and nothing else, so what it
 * asked for is what it can complete: the same record, field and file, as the same person.
 */
export interface Tickets {
  keep(person: Principal, ticket: Ticket): Promise<string>;
  /**
   * The upload of that person. Somebody else's and one that never was look the same.
   *
   * @throws AppError UPLOAD_OVER
   */
  read(person: Principal, id: string): Promise<Ticket>;
  /**
   * Gives what was kept until then: one that was read earlier may be out of date.
   *
   * @throws AppError UPLOAD_OVER where it is gone, is another's or `change` gives undefined
   */
  change(person: Principal, id: string, change: (ticket: Ticket) => Ticket | undefined): Promise<Ticket>;
  drop(id: string): Promise<void>;
}

export function createTickets(vault: Vault, { ttlMs }: Pick<Config['upload'], 'ttlMs'>): Tickets {
  // What the vault gives is what this module wrote: it is authenticated with its key.
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

/** The id opens the upload to its owner: the store knows only its hash. */
const keyOf = (id: string): string => hashedKey('upload', id);

/** By account and person: a session that is renewed or renamed meanwhile goes on, a mapping that has changed does not. */
const isOwner = ({ owner }: TicketRecord, { issuer, subject, person }: Principal): boolean =>
  owner.issuer === issuer && owner.subject === subject && owner.personId === person.id;
