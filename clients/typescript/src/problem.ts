import type { ErrorCode } from './advice.ts';
import { type Fields, fieldsOf, listOf, textOf } from './read.ts';

/** Codes of the server, those of a connector of the studio, and `NETWORK` where no answer of the server came. */
export type ProblemCode = ErrorCode | 'NETWORK' | (string & {});

export interface ProblemOptions {
  readonly message?: string | null;
  readonly requestId?: string | null;
  readonly details?: Fields;
  readonly path?: readonly (string | number)[] | null;
  readonly cause?: unknown;
}

/** A refusal of the server. Its message is a sentence that says what to do; decide by its code. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: ProblemCode;
  /** What an administrator finds the request by. */
  readonly requestId: string | null;
  readonly details: Fields;
  /** The field that failed; null for the request as a whole. */
  readonly path: readonly (string | number)[] | null;

  constructor(code: ProblemCode, options: ProblemOptions = {}) {
    const { message, requestId = null, details = {}, path = null, cause } = options;
    super(message ?? NO_ANSWER, { cause });
    this.code = code;
    this.requestId = requestId;
    this.details = details;
    this.path = path;
  }

  /**
   * Of a change: it was made all the same, or nobody knows, as when the answer was lost (`NETWORK`). Null: nothing was
   * changed.
   */
  get outcome(): 'done' | 'unknown' | null {
    const { outcome = this.code === 'NETWORK' && 'unknown' } = this.details;
    return outcome === 'done' || outcome === 'unknown' ? outcome : null;
  }

  /** A sign-in that would help; `session.addresses.stepUp` adds the way back. */
  get loginUrl(): string | null {
    return textOf(this.details['loginUrl']);
  }
}

const NO_ANSWER = 'The server cannot be reached. Look before you repeat a change: it may have happened.';

/** An error of an answer, of GraphQL or of another address. */
export function problemOfError(error: unknown): Problem {
  const { extensions, path, message, ...rest } = fieldsOf(error);
  const { code, requestId, details } = { ...rest, ...fieldsOf(extensions) };
  return new Problem(textOf(code) ?? 'INTERNAL', {
    message: textOf(message),
    requestId: textOf(requestId),
    details: fieldsOf(details),
    path: listOfPath(path),
  });
}

/** The answer to a request that was turned away as a whole. */
export function problemOfAnswer(status: number, text: string): Problem {
  const body = fieldsOf(parsed(text));
  const told = body['error'] ?? listOf(body['errors'])[0];
  if (told !== undefined) return problemOfError(told);
  // The page of a proxy: what the server made of the request is not known, unless it was not passed on.
  if (status === UNAUTHORIZED) return new Problem('UNAUTHENTICATED', { message: SIGN_IN });
  if (status < CLIENT_ERROR || status >= SERVER_ERROR) return new Problem('NETWORK');
  const message = `This was refused on the way to the server (${status}). Tell an administrator.`;
  return new Problem('INTERNAL', { message });
}

const UNAUTHORIZED = 401;
const CLIENT_ERROR = 400;
const SERVER_ERROR = 500;
export const SIGN_IN = 'You are not signed in. Sign in and repeat the request.';

/**
 * The problem behind an error of any client: this one, Apollo Client, urql, or `fetch` itself. They are distinguished by what
 * they hold, so none of them has to be installed.
 */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const { errors, graphQLErrors, networkError, cause, statusCode, bodyText } = fieldsOf(error);
  for (const inner of [networkError, cause]) if (inner instanceof Problem) return inner;
  const [first] = [...listOf(graphQLErrors), ...listOf(errors)];
  if (first !== undefined) return problemOfError(first);
  if (typeof statusCode === 'number') return problemOfAnswer(statusCode, textOf(bodyText) ?? '');
  return new Problem('NETWORK', { cause: error });
}

const listOfPath = (path: unknown): Problem['path'] =>
  Array.isArray(path) ? path.filter((step) => typeof step === 'string' || typeof step === 'number') : null;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
