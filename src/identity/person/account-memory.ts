import { z } from 'zod';
import { AppError } from '../../base/errors.ts';
import type { Subject } from '../../base/ids.ts';
import type { Principal } from './principal.ts';
import { hashedKey, type Vault } from '../../store/vault.ts';

/** Somebody at the identity provider. */
export interface AccountKey {
  readonly issuer: string;
  readonly subject: Subject;
}

/** Who the account is in ShotGrid. Logins are given on, ids are not: the id is the person. */
export interface KnownPerson {
  readonly personId: number;
  readonly login: string;
}

/** What is worth telling of an account's person. */
export type AccountNews =
  /** The account had no person yet, or the record of it is gone: `isLost` where one is there that no key of ours opens. */
  | { readonly kind: 'first'; readonly isLost: boolean }
  /** The same person has another login now. */
  | { readonly kind: 'renamed'; readonly formerLogin: string };

/** Hears what is new. */
export type OnAccountNews = (news: AccountNews, principal: Principal) => void;

/** Which person an account was mapped to first: it stays that one until an administrator says otherwise. */
export interface AccountMemory {
  recall(account: AccountKey): Promise<RememberedPerson | undefined>;
  /**
   * Keeps who the account is; undefined where nothing is new.
   * Errors: `MAPPING_CHANGED` where it was another person before.
   */
  keep(account: AccountKey, person: KnownPerson): Promise<AccountNews | undefined>;
  forget(account: AccountKey): Promise<void>;
}

const RECORD = z.object({
  login: z.string(),
  /** Records of versions that knew people by their login have none. */
  personId: z.int().positive().nullable().default(null),
});
export type RememberedPerson = z.infer<typeof RECORD>;

const REMEMBERED_MS = 365 * 24 * 3_600_000;
const MAX_TRIES = 8;

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
    // A record of before there were places is read from where it is, and kept in the right place from now on.
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

/** Of a record without id only the login can be compared, as it was then; it gets the id with this sign-in. */
const isSame = (found: RememberedPerson, { personId, login }: KnownPerson): boolean =>
  found.personId === null ? found.login === login : found.personId === personId;

/** A record that says nothing of ours stands for nobody who could sign in: an administrator has to look. */
const UNREADABLE: RememberedPerson = { login: '', personId: null };

const parse = (value: unknown): RememberedPerson | undefined =>
  value === undefined ? undefined : (RECORD.safeParse(value).data ?? UNREADABLE);

const keyOf = ({ issuer, subject }: AccountKey): string =>
  hashedKey('mapping', JSON.stringify([issuer, subject]));
