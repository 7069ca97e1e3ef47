import { z } from 'zod';
import { ownValue } from '../base/bare.ts';
import { AppError, type ErrorCode } from '../base/errors.ts';
import { systemError } from './system-errors.ts';

/** What another system's GraphQL endpoint answered. */
export interface SystemGraphqlAnswer {
  readonly data: Readonly<Record<string, unknown>> | null;
  readonly errors: readonly {
    readonly path: readonly (string | number)[] | undefined;
    readonly error: AppError;
  }[];
}

/** What a server puts into `extensions` is its own affair (GraphQL 7.1.2): an odd one costs no data. */
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

/** Codes that GraphQL servers have in common. */
const CODES: Readonly<Record<string, ErrorCode>> = {
  UNAUTHENTICATED: 'SYSTEM_REFUSED',
  FORBIDDEN: 'FORBIDDEN',
  NOT_FOUND: 'NOT_FOUND',
  INTERNAL_SERVER_ERROR: 'SYSTEM_BROKEN',
};

/**
 * Where it failed and which kind of failure it was; the system's own sentences are not shown.
 *
 * @throws AppError SYSTEM_BROKEN where it is no answer of GraphQL
 */
export function parseGraphqlAnswer(system: string, result: unknown): SystemGraphqlAnswer {
  const answer = ANSWER.safeParse(result);
  if (!answer.success) throw new AppError('SYSTEM_BROKEN', { details: { system, reason: 'answer' } });
  const { data, errors } = answer.data;
  return {
    data: data ?? null,
    errors: (errors ?? []).map(({ path, extensions }) => {
      const code = ownValue(CODES, extensions?.code ?? '') ?? 'SYSTEM_REJECTED';
      return { path: path ?? undefined, error: systemError(code, { system }) };
    }),
  };
}
