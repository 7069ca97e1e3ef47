import type { GraphQLFormattedError } from 'graphql';
import type { ErrorCode } from '../../base/errors.ts';
import type { ChangeLog } from '../../query/calls/change-log.ts';

/** If all rows of a page fail the same way, a few errors are enough (F8). */
export const MAX_ERRORS = 10;

/** The errors of an answer after limiting. */
export interface ToldErrors {
  readonly errors: readonly GraphQLFormattedError[];
  /** The number of omitted errors. */
  readonly leftOut: number;
}

/**
 * The errors that an answer shows: a few per kind and root field, so that a page of failing rows hides nothing
 * else. Outcomes of changes are always shown: a mutation field's own error, and any error with an outcome.
 */
export function toldErrors(errors: readonly GraphQLFormattedError[], isMutation: boolean): ToldErrors {
  const counts = new Map<string, number>();
  const told = errors.filter((error) => {
    const { path = [] } = error;
    const isOwn = isMutation && path.length === 1;
    if (isOwn || detailsOf(error)['outcome'] !== undefined) return true;
    const kind = JSON.stringify([codeOf(error), path[0]]);
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    return count <= MAX_ERRORS;
  });
  return { errors: told, leftOut: errors.length - told.length };
}

/** Message for a change that was made, if its result or a part of it could not be read. */
export const DONE =
  'The change was made, but the result could not be read. Do not repeat it: read the record.';
const OPEN =
  'The change may have been made: look before you repeat it. Read the record again; search for a new one, the newest first.';
/** Their messages explain how to correct the selection. */
const ABOUT_THE_SELECTION: ReadonlySet<ErrorCode> = new Set(['BAD_USER_INPUT', 'PLAN_TOO_LARGE']);

/**
 * Adds the outcome of the field's change, unless the error has one. People repeat a change that they believe
 * failed.
 */
export function withOutcome(error: GraphQLFormattedError, changes: ChangeLog): GraphQLFormattedError {
  const details = detailsOf(error);
  const field = error.path?.[0];
  const made = typeof field === 'string' ? changes.of(field) : undefined;
  if (made === undefined || details['outcome'] !== undefined) return error;
  const { outcome, written } = made;
  const [only] = written;
  // Below the field only a part is missing, and the error describes that part. At the field, "try again" would
  // repeat the change.
  const isBelow = (error.path?.length ?? 0) > 1;
  const saysWhy = isBelow || ABOUT_THE_SELECTION.has(codeOf(error) as ErrorCode);
  const told = outcome === 'done' ? DONE : OPEN;
  // The sentence of another system says what it refused.
  const isSaid = details['says'] !== undefined;
  const hasMore = isSaid || (saysWhy && outcome === 'done');
  return {
    ...error,
    message: hasMore ? `${told} ${error.message}` : told,
    extensions: {
      ...error.extensions,
      details: { ...details, ...(written.length === 1 && only !== undefined && only), outcome },
    },
  };
}

const codeOf = ({ extensions }: GraphQLFormattedError): unknown => extensions?.['code'];

function detailsOf({ extensions }: GraphQLFormattedError): Readonly<Record<string, unknown>> {
  const details = extensions?.['details'];
  return typeof details === 'object' && details !== null ? { ...details } : {};
}
