import { AppError } from '../../base/errors.ts';
import type { ActingClient } from '../../shotgun/client/shotgun.ts';
import type { CallOptions } from '../../shotgun/port/records.ts';
import { readFieldInfo } from '../../shotgun/calls/field-info.ts';

/** How long an answer is believed: a field is deleted, or hidden from a role, seldom. */
const KNOWN_FOR_MS = 60_000;

/** What the live site said of fields that the snapshot has and rows lack, for all requests of a process. */
export class KnownFields {
  readonly #known = new Map<string, { readonly isGone: boolean; readonly atMs: number }>();
  readonly #onGone: (place: string, count: number) => void;
  readonly #now: () => number;

  /** @param onGone told of each field that is found to be gone, and of how many there are */
  constructor(
    onGone: (place: string, count: number) => void = () => undefined,
    now: () => number = () => performance.now(),
  ) {
    this.#onGone = onGone;
    this.#now = now;
  }

  find(place: string): boolean | undefined {
    const known = this.#known.get(place);
    return known !== undefined && this.#now() - known.atMs < KNOWN_FOR_MS ? known.isGone : undefined;
  }

  keep(place: string, isGone: boolean): void {
    const wasGone = this.#known.get(place)?.isGone === true;
    this.#known.set(place, { isGone, atMs: this.#now() });
    if (isGone === wasGone) return;
    const count = [...this.#known.values()].filter((known) => known.isGone).length;
    this.#onGone(place, count);
  }
}

/**
 * Whether a field is still there. ShotGrid leaves out of a row both what a role may not see and what was deleted since the
 * schema was pulled (API 3.1): only its live schema tells them apart.
 */
export interface LiveFields {
  isGone(type: string, field: string): Promise<boolean>;
}

/** One request looks up each field once, as its person. */
export function createLiveFields(
  client: Pick<ActingClient, 'call'>,
  known: KnownFields,
  options: CallOptions,
): LiveFields {
  const asked = new Map<string, Promise<boolean>>();
  const ask = async (type: string, field: string): Promise<boolean> => {
    try {
      await client.call(readFieldInfo({ type, field, projectId: null }), options);
      return false;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (error.details?.['reason'] === 'unknownName') return true;
      // Some fields are there and in no schema (API 7).
      if (error.code === 'NOT_FOUND') return false;
      throw error;
    }
  };
  return {
    isGone(type, field) {
      const place = `${type}.${field}`;
      const remembered = known.find(place);
      if (remembered !== undefined) return Promise.resolve(remembered);
      const before = asked.get(place);
      if (before !== undefined) return before;
      const asking = ask(type, field).then((isGone) => {
        known.keep(place, isGone);
        return isGone;
      });
      asked.set(place, asking);
      return asking;
    },
  };
}

/** Stands in each row in place of a field that is gone: null would say that the row has no value. */
export const goneField = (type: string, field: string): AppError =>
  new AppError('UPSTREAM_REJECTED', {
    message:
      'ShotGrid has this field no more. Ask without it; an administrator has to pull the schema again (shotgraph schema pull).',
    details: { type, field, reason: 'unknownName' },
  });
