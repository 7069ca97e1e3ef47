import { z } from 'zod';
import { ownValue } from '../base/bare.ts';
import { AppError, type ErrorCode } from '../base/errors.ts';
import { AnswerError, systemError } from './system-errors.ts';

/** The response of another system's GraphQL endpoint. */
export interface SystemGraphqlAnswer {
  readonly data: Readonly<Record<string, unknown>> | null;
  readonly errors: readonly {
    readonly path: readonly (string | number)[] | undefined;
    readonly error: AnswerError;
  }[];
}

/** A server may put anything into `extensions` (GraphQL 7.1.2): an unexpected value costs no data. */
const ANSWER = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z
    .array(
      z.object({
        path: z
          .array(z.union([z.string(), z.number()]))
          .nullish()
          .catch(undefined),
        extensions: z
          .object({ code: z.string().optional().catch(undefined) })
          .optional()
          .catch(undefined),
      }),
    )
    .nullish(),
});

/** Error codes that many GraphQL servers use. */
const CODES: Readonly<Record<string, ErrorCode>> = {
  UNAUTHENTICATED: 'SYSTEM_REFUSED',
  FORBIDDEN: 'FORBIDDEN',
  NOT_FOUND: 'NOT_FOUND',
  INTERNAL_SERVER_ERROR: 'SYSTEM_BROKEN',
};

/**
 * Returns the data and, for each error, its place and kind; the system's own messages are not shown.
 *
 * @throws AppError SYSTEM_BROKEN if it is not a GraphQL response
 */
export function parseGraphqlAnswer(system: string, result: unknown): SystemGraphqlAnswer {
  const answer = ANSWER.safeParse(result);
  if (!answer.success) throw new AppError('SYSTEM_BROKEN', { details: { system, reason: 'answer' } });
  const { data, errors } = answer.data;
  return {
    data: data ?? null,
    errors: (errors ?? []).map(({ path, extensions }) => {
      const code = ownValue(CODES, extensions?.code ?? '') ?? 'SYSTEM_REJECTED';
      const isSaid = extensions?.code !== undefined && code !== 'SYSTEM_BROKEN';
      const outcome = outcomeOf({ path: path ?? [], isSaid, isExecuted: data !== undefined });
      return { path: path ?? undefined, error: new AnswerError(systemError(code, { system }), outcome) };
    }),
  };
}

/** @param answered `isSaid`: a code gives the reason. `isExecuted`: the answer has `data`, also null (GraphQL 7.1). */
function outcomeOf(answered: {
  readonly path: readonly unknown[];
  readonly isSaid: boolean;
  readonly isExecuted: boolean;
}): AnswerError['outcome'] {
  // The fields of a result are resolved after the change that gave it (GraphQL 6.2.2).
  if (answered.path.length > 1) return 'done';
  // A resolver that failed without a reason may have made the change, or a part of it.
  return answered.isSaid || !answered.isExecuted ? 'failed' : 'unknown';
}
