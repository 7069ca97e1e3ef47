import { AppError } from '../../base/errors.ts';

/** The most items of all lists that systems give in one request: as many as rows of ShotGrid may be in an answer. */
const MAX_ITEMS = 250_000;

const taken = new WeakMap<object, number>();

/**
 * Counts items of lists against one bound for the request. Types of systems may hold lists of each other, and each
 * level multiplies what a small document asks for.
 *
 * @param context of the request
 * @throws AppError TOO_LARGE once there are more
 */
export function takeRoom(context: object, items: number): void {
  const all = (taken.get(context) ?? 0) + items;
  taken.set(context, all);
  if (all > MAX_ITEMS) {
    throw new AppError('TOO_LARGE', {
      message: 'The answer would be too large. Ask for fewer lists within lists.',
    });
  }
}
