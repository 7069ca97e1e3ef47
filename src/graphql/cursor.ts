import { hash } from 'node:crypto';
import { AppError } from '../base/errors.ts';

const DIGEST_LENGTH = 12;
const MAX_OFFSET = 10_000_000;

/** Cursors of one query: a position, bound to the filter and order that it was counted in. */
export interface Cursors {
  encode(position: number): string;
  /** Rows before what follows the cursor; 0 without one. Throws BAD_USER_INPUT for a cursor of another query. */
  decode(cursor: string | null | undefined): number;
}

export function createCursors(query: unknown): Cursors {
  let known: string | undefined;
  // Most queries take no cursor and ask for none.
  const digest = (): string =>
    (known ??= hash('sha256', JSON.stringify(query), 'base64url').slice(0, DIGEST_LENGTH));
  return {
    encode: (position) => Buffer.from(`${digest()}:${position}`).toString('base64url'),
    decode(cursor) {
      if (cursor === null || cursor === undefined) return 0;
      const [given, position = ''] = Buffer.from(cursor, 'base64url').toString('latin1').split(':');
      const isLegal = given === digest() && /^\d{1,8}$/u.test(position) && Number(position) < MAX_OFFSET;
      if (isLegal) return Number(position) + 1;
      throw new AppError('BAD_USER_INPUT', {
        message:
          'The cursor does not belong to this query. Take cursors from an answer with the same filter and sort.',
        details: { path: 'after' },
      });
    },
  };
}
