import { z } from 'zod';
import { ownValue } from '../base/bare.ts';
import { AppError, type ErrorCode } from '../base/errors.ts';
import type { RefusalPlaces } from '../config/config.ts';
import type { Said } from './said.ts';
import { quotesSecrets, saidAt } from './system-answer.ts';
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
      z.looseObject({
        path: z
          .array(z.union([z.string(), z.number()]))
          .nullish()
          .catch(undefined),
        extensions: z
          .looseObject({ code: z.string().optional().catch(undefined) })
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
 * Its own sentence is for operators or the author of the document: a resolver crashed, the token is not accepted, or
 * the document does not fit. Servers write the words in different ways.
 */
const NOT_ABOUT_THE_WISH = /internal|exception|unauthenticated|^graphql|^persisted/iu;

/**
 * Returns the data and, for each error, its place and kind. Of its text only what stands at `places` is shown.
 *
 * @throws AppError SYSTEM_BROKEN if it is not a GraphQL response
 */
export function parseGraphqlAnswer(
  system: string,
  result: unknown,
  places?: RefusalPlaces,
): SystemGraphqlAnswer {
  const answer = ANSWER.safeParse(result);
  if (!answer.success) throw new AppError('SYSTEM_BROKEN', { details: { system, reason: 'answer' } });
  const { data } = answer.data;
  const errors = answer.data.errors ?? [];
  // An answer without errors may be large and is not looked through.
  const isAsked = places !== undefined && errors.length > 0;
  const shown = isAsked && !quotesSecrets(result) ? places : undefined;
  return {
    data: data ?? null,
    errors: errors.map((given) => {
      const { path, extensions } = given;
      const code = ownValue(CODES, extensions?.code ?? '') ?? 'SYSTEM_REJECTED';
      const isSaid = extensions?.code !== undefined && code !== 'SYSTEM_BROKEN';
      const outcome = outcomeOf({ path: path ?? [], isSaid, isExecuted: data !== undefined });
      const isShown = code !== 'SYSTEM_BROKEN' && code !== 'SYSTEM_REFUSED';
      const said = isShown && shown !== undefined ? saidBy(given, shown, extensions?.code) : {};
      // Its parts may be joined, and letters that nobody sees are left out.
      const safe = quotesSecrets(result, said) ? {} : said;
      return {
        path: path ?? undefined,
        error: new AnswerError(systemError(code, { system, ...safe }), outcome),
      };
    }),
  };
}

/** Nothing without a code: it may be any failure of the system, with the names and addresses of its own parts. */
function saidBy(error: unknown, places: RefusalPlaces, code: string | undefined): Said {
  const said = saidAt(places, error);
  const word = places.code === null ? code : said.systemCode;
  return word === undefined || NOT_ABOUT_THE_WISH.test(word) ? {} : said;
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
