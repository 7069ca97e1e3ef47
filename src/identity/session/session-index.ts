import type { Clock } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import type { SessionId, Subject } from '../../base/ids.ts';
import type { Config } from '../../config/config.ts';
import { hashedKey, type Vault } from '../../store/vault.ts';

export interface IndexEntry {
  readonly id: SessionId;
  readonly createdAtMs: number;
  /** The provider's own session (`sid`) that this one came from, where the provider names it. */
  readonly sid: string | null;
  /** The session that the browser had: two tabs may replace the same one at the same moment. */
  readonly replaces?: SessionId | undefined;
}

/** A person at the provider. */
export interface PersonKey {
  readonly issuer: string;
  readonly subject: Subject;
}

/** The sessions of each person, to count them and to end them together (D18, D31). */
export interface SessionIndex {
  /** Adds an entry and returns all entries of the person, the new one last. Some may be of sessions that are over. */
  add(person: PersonKey, entry: IndexEntry): Promise<readonly IndexEntry[]>;
  /** All entries of the person. Some may be of sessions that are over. */
  of(person: PersonKey): Promise<readonly IndexEntry[]>;
  /** Removes entries. */
  remove(person: PersonKey, isMeant: (entry: IndexEntry) => boolean): Promise<void>;
  /** The person of a session at the provider; undefined where no sign-in here came from it. */
  personOfSid(issuer: string, sid: string): Promise<PersonKey | undefined>;
}

export interface SessionIndexDeps {
  readonly vault: Vault;
  readonly clock: Clock;
  readonly settings: Pick<Config['session'], 'absoluteMs'>;
}

const MAX_TRIES = 8;

export function createSessionIndex({ vault, clock, settings }: SessionIndexDeps): SessionIndex {
  const { absoluteMs } = settings;

  const living = (value: unknown): readonly IndexEntry[] =>
    (value as readonly IndexEntry[]).filter((entry) => clock.now() - entry.createdAtMs < absoluteMs);

  /** Returns the changed entries. */
  const change = async (
    person: PersonKey,
    apply: (entries: readonly IndexEntry[]) => readonly IndexEntry[],
  ): Promise<readonly IndexEntry[]> => {
    const key = keyOf(person);
    let changed: readonly IndexEntry[] = [];
    const keep = (value: unknown): readonly IndexEntry[] => {
      changed = apply(living(value));
      return changed;
    };
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      if (await vault.update(key, keep, absoluteMs)) return changed;
      if (await vault.add(key, keep([]), absoluteMs)) return changed;
    }
    throw new AppError('UNAVAILABLE');
  };

  return {
    async add(person, entry) {
      if (entry.sid !== null) await vault.set(sidKeyOf(person.issuer, entry.sid), person.subject, absoluteMs);
      return change(person, (entries) => [...entries, entry]);
    },
    of: async (person) => living((await vault.get(keyOf(person))) ?? []),
    async remove(person, isMeant) {
      await change(person, (entries) => entries.filter((entry) => !isMeant(entry)));
    },
    async personOfSid(issuer, sid) {
      const subject = await vault.get(sidKeyOf(issuer, sid));
      return subject === undefined ? undefined : { issuer, subject: subject as Subject };
    },
  };
}

const keyOf = ({ issuer, subject }: PersonKey): string =>
  hashedKey('sessions-of', JSON.stringify([issuer, subject]));

const sidKeyOf = (issuer: string, sid: string): string =>
  hashedKey('person-of-sid', JSON.stringify([issuer, sid]));
