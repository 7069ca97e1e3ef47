import { isSuccess } from '../../base/units.ts';
import type { Row } from '../port/records.ts';
import { parseRows } from '../calls/search.ts';
import type { RawAnswer } from '../wire/raw-calls.ts';

/** Why a question could not be asked at this site. The text is shared, so it has no name and no value of the site. */
export class CannotAsk extends Error {
  override readonly name = 'CannotAsk';
}

/** The rows of an answer. @throws CannotAsk if the site refused it or answered something else */
export function rowsOf(answer: RawAnswer): readonly Row[] {
  if (!isSuccess(answer.status))
    throw new CannotAsk(`The site refused a call with the status ${answer.status}.`);
  return parseRows(answer);
}

/**
 * The first candidate that gives a value. One that the site refuses, such as a type that it does not have, gives none.
 *
 * @throws CannotAsk with this reason if none does
 */
export async function firstOf<C, T>(
  candidates: readonly C[],
  look: (candidate: C) => Promise<T | undefined>,
  reason: string,
): Promise<T> {
  for (const candidate of candidates) {
    const found = await look(candidate).catch(unlessRefused(undefined));
    if (found !== undefined) return found;
  }
  throw new CannotAsk(reason);
}

/** Catches a refusal of the site: the value then stands in its place. */
export const unlessRefused =
  <T>(value: T) =>
  (error: unknown): T => {
    if (error instanceof CannotAsk) return value;
    throw error;
  };
