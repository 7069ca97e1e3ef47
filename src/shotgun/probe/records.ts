import { allOf } from '../port/requests.ts';
import { randomBytes } from 'node:crypto';
import { HTTP_STATUS, isClientError, isSuccess } from '../../base/units.ts';
import { toAppError } from '../../base/errors.ts';
import type { RecordRef } from '../port/records.ts';
import { isRecord, parseRow } from '../wire/http-call.ts';
import type { Reads, Writes } from '../script/probe-door.ts';
import { CannotAsk } from './answers.ts';
import { parseRows } from '../calls/search.ts';

const MAX_FOUND = 20;

/** Field that names a record of the probe, by type. */
const NAMES = { Note: 'subject', Version: 'code', Shot: 'code', Playlist: 'code' } as const;
export type MadeType = keyof typeof NAMES;

/**
 * The records that the probe makes, each with a name by which a person can find it. They are deleted at the end, also
 * after a failure.
 */
export class Records {
  readonly label = `Shotgraph probe ${randomBytes(6).toString('hex')}`;
  readonly #person: Reads & Writes;
  readonly #projectId: number;
  readonly #made: RecordRef[] = [];
  /** Types of which a record may have been made although the site did not say so, or not which one. */
  readonly #doubtful = new Set<MadeType>();

  constructor(person: Reads & Writes, projectId: number) {
    this.#person = person;
    this.#projectId = projectId;
  }

  /** @throws CannotAsk if the person may not make such a record */
  async make(type: MadeType, values: Readonly<Record<string, unknown>> = {}): Promise<RecordRef> {
    const body = { project: { type: 'Project', id: this.#projectId }, [NAMES[type]]: this.label, ...values };
    const answer = await this.#person.send('POST', `/entity/${type}`, body).catch((error: unknown) => {
      if (toAppError(error).details?.['outcome'] === 'unknown') this.#doubtful.add(type);
      throw error;
    });
    const row = isRecord(answer.body) ? parseRow(answer.body['data']) : undefined;
    if (answer.status !== HTTP_STATUS.CREATED || row === undefined) {
      if (!isPlainRefusal(answer.status)) this.#doubtful.add(type);
      throw new CannotAsk(
        isSuccess(answer.status)
          ? `The site did not say which ${type} it made.`
          : `The person may not make a ${type} in this project (status ${answer.status}). Name a person who may.`,
      );
    }
    const made = { type, id: row.id };
    this.#made.push(made);
    return made;
  }

  /** Deletes what was made, the newest first. @returns what is left, for a person to delete */
  async deleteAll(): Promise<readonly string[]> {
    const made = this.#made.splice(0).reverse();
    const left: string[] = [];
    for (const record of [...made, ...(await this.#lost(made, left))]) {
      if (!(await this.#isGone(record))) left.push(`${record.type} ${record.id}`);
    }
    return left;
  }

  /** Records whose creation was not confirmed are found by their name. One that is not found may be there all the same. */
  async #lost(made: readonly RecordRef[], left: string[]): Promise<readonly RecordRef[]> {
    const found: RecordRef[] = [];
    for (const type of this.#doubtful) {
      const rows = await this.#named(type).catch(() => []);
      const lost = rows.filter(({ id }) => !made.some((known) => known.type === type && known.id === id));
      if (lost.length === 0) left.push(`perhaps a ${type} with the name "${this.label}"`);
      found.push(...lost);
    }
    this.#doubtful.clear();
    return found;
  }

  async #named(type: MadeType): Promise<readonly RecordRef[]> {
    const filter = allOf([NAMES[type], 'is', this.label]);
    return parseRows(await this.#person.findAgain(type, { filter, fields: ['id'], size: MAX_FOUND }));
  }

  /** Only this status confirms it; a record that another one took with it is gone already. */
  async #isGone({ type, id }: RecordRef): Promise<boolean> {
    try {
      const { status } = await this.#person.remove(type, id);
      return status === HTTP_STATUS.NO_CONTENT || status === HTTP_STATUS.NOT_FOUND;
    } catch {
      return false;
    }
  }
}

/** Whether nothing was made for certain. What stands before a site may answer 429 after the site has worked. */
const isPlainRefusal = (status: number): boolean =>
  isClientError(status) && status !== HTTP_STATUS.TOO_MANY_REQUESTS;
