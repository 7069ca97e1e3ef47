import { sha256 } from '../base/digest.ts';

/** A written record: the entry, its place in the chain, and a hash over all of it. */
export interface SealedRecord {
  readonly audit: 1;
  /** The server that wrote it: several may write to one file. */
  readonly instance: string;
  /** From 1, without gaps. */
  readonly number: number;
  /** Hash of the previous record; for the first one, of the file's last record when the server started. */
  readonly previous: string | null;
  readonly hash: string;
}

export interface Verdict {
  readonly records: number;
  readonly instances: number;
  /** Lines that are no records, such as log lines on the same output. */
  readonly otherLines: number;
  /** Hash of the last record; null if there is none. Note it elsewhere: records cut off at the end leave no trace. */
  readonly head: string | null;
  /** Servers without a final record: they run, were killed, or their end was cut off. */
  readonly unended: readonly string[];
  /** Faults with their lines; empty if the trail is intact. */
  readonly problems: readonly string[];
}

/** One line of the trail. The hash covers everything before it, in the written order. */
export function sealRecord(
  place: Omit<SealedRecord, 'audit' | 'hash'>,
  content: Readonly<Record<string, unknown>>,
): { readonly line: string; readonly hash: string } {
  const record = { audit: 1, ...place, ...content };
  const hash = hashOf(record);
  return { line: JSON.stringify({ ...record, hash }), hash };
}

const hashOf = (record: object): string => sha256(JSON.stringify(record), 'hex');

/** A record as it is read: of its entry, only the end of a server matters here. */
interface ReadRecord extends SealedRecord {
  readonly action?: string;
}

/** Reads a trail record by record, in the order of its files. */
export class TrailVerifier {
  readonly #lastOf = new Map<string, ReadRecord>();
  readonly #seen = new Set<string>();
  readonly #problems: string[] = [];
  #records = 0;
  #otherLines = 0;
  #head: string | null = null;

  /** @param place file and line, for the report */
  read(line: string, place: string): void {
    const record = parse(line);
    if (record === undefined) {
      this.#otherLines += line.trim() === '' ? 0 : 1;
      return;
    }
    this.#records += 1;
    const { hash, ...content } = record;
    if (hashOf(content) !== hash) this.#problem(place, 'was changed after it was written');
    this.#follow(record, place);
    this.#lastOf.set(record.instance, record);
    this.#seen.add(hash);
    this.#head = hash;
  }

  /** True for a head that was noted earlier, even if the trail has grown since. */
  hasRecord(hash: string): boolean {
    return this.#seen.has(hash);
  }

  verdict(): Verdict {
    return {
      records: this.#records,
      instances: this.#lastOf.size,
      otherLines: this.#otherLines,
      head: this.#head,
      unended: [...this.#lastOf.values()]
        .filter(({ action }) => action !== 'server.stopped')
        .map(({ instance }) => instance),
      problems: this.#problems,
    };
  }

  #follow({ instance, number, previous }: ReadRecord, place: string): void {
    const last = this.#lastOf.get(instance);
    if (last === undefined) {
      if (number !== 1) this.#problem(place, `is number ${number}, but the records before it are missing`);
      else if (previous !== null && !this.#seen.has(previous)) {
        this.#problem(place, 'follows a record that is not there');
      }
      return;
    }
    if (number !== last.number + 1) {
      this.#problem(place, `is number ${number} where ${last.number + 1} was due`);
    } else if (previous !== last.hash) this.#problem(place, 'does not follow the record before it');
  }

  #problem(place: string, what: string): void {
    this.#problems.push(`${place}: this record ${what}.`);
  }
}

const RECORD_BEGINS = '{"audit":1,';

/** A line may begin with the half of another one: a server was killed, or its disk was full, in the middle of a write. */
function parse(line: string): ReadRecord | undefined {
  const begin = line.lastIndexOf(RECORD_BEGINS);
  if (begin === -1) return undefined;
  try {
    const record = JSON.parse(line.slice(begin)) as Partial<ReadRecord>;
    const isRecord =
      record.audit === 1 && typeof record.instance === 'string' && typeof record.number === 'number';
    return isRecord ? (record as ReadRecord) : undefined;
  } catch {
    return undefined;
  }
}
