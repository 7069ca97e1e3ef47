import { z } from 'zod';
import { AppError } from '../../base/errors.ts';
import type { Subject } from '../../base/ids.ts';
import type { Principal } from './principal.ts';
import { hashedKey, type Vault } from '../../store/vault.ts';

/** An account at the identity provider. */
export interface AccountKey {
  readonly issuer: string;
  readonly subject: Subject;
}

/** The account's person in ShotGrid. A login may be reassigned, an id never: the id identifies the person. */
export interface KnownPerson {
  readonly personId: number;
  readonly login: string;
}

/** News about an account's person that is worth a report. */
export type AccountNews =
  /** The first sign-in, or the earlier record is gone. `isLost`: a record exists that none of our keys opens. */
  | { readonly kind: 'first'; readonly isLost: boolean }
  /** The same person has another login now. */
  | { readonly kind: 'renamed'; readonly formerLogin: string };

/** Called with the news. */
export type OnAccountNews = (news: AccountNews, principal: Principal) => void;

/**
 * Remembers which person an account was first mapped to. The mapping stays until an administrator changes it, or until the
 * account has not signed in for a year.
 */
export interface AccountMemory {
  recall(account: AccountKey): Promise<RememberedPerson | undefined>;
  /**
   * Remembers the account's person; undefined without news. Errors: `MAPPING_CHANGED` where it was another person
   * before.
   */
  keep(account: AccountKey, person: KnownPerson): Promise<AccountNews | undefined>;
  forget(account: AccountKey): Promise<void>;
}

const RECORD = z.object({
  login: z.string(),
  /** Null in records of older versions, which identified people by login. */
  personId: z.int().positive().nullable().default(null),
});
export type RememberedPerson = z.infer<typeof RECORD>;

const REMEMBERED_MS = 365 * 24 * 3_600_000;
const MAX_TRIES = 8;

/** An account memory in the store; an entry is kept for a year after the last sign-in. */
export function createAccountMemory(vault: Vault): AccountMemory {
  const recall = async (account: AccountKey): Promise<RememberedPerson | undefined> =>
    parse(await vault.get(keyOf(account)));

  /** False where the record has changed since it was read. */
  const replace = async (
    account: AccountKey,
    found: RememberedPerson,
    person: KnownPerson,
  ): Promise<boolean> => {
    const change = (value: unknown): KnownPerson | undefined => {
      const current = parse(value);
      const isUnchanged = current?.personId === found.personId && current.login === found.login;
      return isUnchanged ? { personId: person.personId, login: person.login } : undefined;
    };
    const key = keyOf(account);
    if (await vault.update(key, change, REMEMBERED_MS)) return true;
    // An older record without a place is read from its old key, and is written to the key of its place from now
    // on.
    return vault.add(key, person, REMEMBERED_MS);
  };

  return {
    recall,
    async keep(account, { personId, login }) {
      const person = { personId, login };
      for (let tries = 0; tries < MAX_TRIES; tries += 1) {
        const found = await recall(account);
        if (found === undefined) {
          const isLost = await vault.isLost(keyOf(account));
          if (await vault.add(keyOf(account), person, REMEMBERED_MS)) return { kind: 'first', isLost };
          continue;
        }
        if (!isSame(found, person)) throw new AppError('MAPPING_CHANGED');
        if (!(await replace(account, found, person))) continue;
        return found.login === login ? undefined : { kind: 'renamed', formerLogin: found.login };
      }
      throw new AppError('UNAVAILABLE');
    },
    forget: (account) => vault.delete(keyOf(account)),
  };
}

/** A record without id can only be compared by the login of that time; this sign-in adds the id. */
const isSame = (found: RememberedPerson, { personId, login }: KnownPerson): boolean =>
  found.personId === null ? found.login === login : found.personId === personId;

/** Replaces a record that cannot be parsed. It matches no person, so that an administrator has to look. */
const UNREADABLE: RememberedPerson = { login: '', personId: null };

const parse = (value: unknown): RememberedPerson | undefined =>
  value === undefined ? undefined : (RECORD.safeParse(value).data ?? UNREADABLE);

const keyOf = ({ issuer, subject }: AccountKey): string =>
  hashedKey('mapping', JSON.stringify([issuer, subject]));
