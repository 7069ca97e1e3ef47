import { AppError } from '../../base/errors.ts';
import type { ActingClient } from '../../shotgun/client/shotgun.ts';
import type { CallOptions } from '../../shotgun/port/records.ts';
import { readFieldInfo } from '../../shotgun/calls/field-info.ts';

/** How long an answer is cached: fields are rarely deleted or hidden from a role. */
const KNOWN_FOR_MS = 60_000;

/** The live site's answers about fields that the snapshot has and rows lack, for all requests of a process. */
export class KnownFields {
  readonly #known = new Map<string, { readonly isGone: boolean; readonly atMs: number }>();
  readonly #onGone: (place: string, count: number) => void;
  readonly #now: () => number;

  /** @param onGone called for each deleted field, with their number */
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
 * Checks whether a field still exists. ShotGrid omits from a row both fields hidden from a role and fields deleted
 * since the schema was pulled (API 3.1): only its live schema distinguishes them.
 */
export interface LiveFields {
  isGone(type: string, field: string): Promise<boolean>;
}

/** A request looks up each field once, as its person. */
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
      // Some fields exist and are in no schema (API 7).
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

/** Replaces a deleted field in each row: null would mean that the row has no value. */
export const goneField = (type: string, field: string): AppError =>
  new AppError('UPSTREAM_REJECTED', {
    message:
      'ShotGrid has this field no more. Ask without it; an administrator has to pull the schema again (shotgraph schema pull).',
    details: { type, field, reason: 'unknownName' },
  });
