import type { Clock } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import type { SessionId, Subject } from '../base/ids.ts';
import type { Config } from '../config/config.ts';
import { hashedKey, type Vault } from '../store/vault.ts';

export interface IndexEntry {
  readonly id: SessionId;
  readonly createdAtMs: number;
  /** The provider's own session (`sid`) that this one came from, where the provider names it. */
  readonly sid: string | null;
}

/** Who a person is at the provider. */
export interface PersonKey {
  readonly issuer: string;
  readonly subject: Subject;
}

/** Which sessions a person has, so that they can be counted and ended together (D18, D31). */
export interface SessionIndex {
  /** Adds an entry and returns all that the person has now, the new one last. Some may be of sessions that are over. */
  add(person: PersonKey, entry: IndexEntry): Promise<readonly IndexEntry[]>;
  /** Takes entries out and returns them. */
  remove(person: PersonKey, isMeant: (entry: IndexEntry) => boolean): Promise<readonly IndexEntry[]>;
  /** Whose session at the provider this was; undefined for one that nobody signed in here with. */
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

  const change = async (
    person: PersonKey,
    split: (entries: readonly IndexEntry[]) => { kept: readonly IndexEntry[]; out: readonly IndexEntry[] },
  ): Promise<readonly IndexEntry[]> => {
    const key = keyOf(person);
    let out: readonly IndexEntry[] = [];
    const apply = (value: unknown): readonly IndexEntry[] => {
      const entries = value as readonly IndexEntry[];
      const parts = split(entries.filter((entry) => clock.now() - entry.createdAtMs < absoluteMs));
      ({ out } = parts);
      return parts.kept;
    };
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      if (await vault.update(key, apply, absoluteMs)) return out;
      if (await vault.add(key, apply([]), absoluteMs)) return out;
    }
    throw new AppError('UNAVAILABLE');
  };

  return {
    async add(person, entry) {
      if (entry.sid !== null) await vault.set(sidKeyOf(person.issuer, entry.sid), person.subject, absoluteMs);
      return change(person, (entries) => {
        const all = [...entries, entry];
        return { kept: all, out: all };
      });
    },
    remove: (person, isMeant) =>
      change(person, (entries) => ({
        kept: entries.filter((entry) => !isMeant(entry)),
        out: entries.filter(isMeant),
      })),
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
