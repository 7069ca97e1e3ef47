import { CombinedGraphQLErrors, ServerError } from '@apollo/client/errors';

export interface Problem {
  readonly code: string;
  readonly text: string;
  readonly requestId: string | null;
}

const TEXTS: Readonly<Record<string, string>> = {
  UNAUTHENTICATED: 'Your session has ended. Sign in again.',
  FORBIDDEN: 'ShotGrid does not let you do this. The old value is back.',
  NOT_FOUND: 'This launch is over or is not yours. Go back to ShotGrid and choose the menu item again.',
  UPSTREAM_TIMEOUT: 'ShotGrid did not answer in time. Look before you repeat a change: it may have happened.',
  UPSTREAM_UNAVAILABLE: 'ShotGrid cannot be reached just now. Try again in a moment.',
};

/** What went wrong, as a sentence for the person. */
export function problemOf(error: unknown): Problem {
  if (CombinedGraphQLErrors.is(error)) {
    const [first] = error.errors;
    const given = first?.extensions?.['code'];
    const code = typeof given === 'string' ? given : 'INTERNAL';
    const requestId = first?.extensions?.['requestId'];
    return {
      code,
      text: TEXTS[code] ?? first?.message ?? 'Something went wrong.',
      requestId: typeof requestId === 'string' ? requestId : null,
    };
  }
  const code = ServerError.is(error) && error.statusCode === 401 ? 'UNAUTHENTICATED' : 'NETWORK';
  return {
    code,
    text: TEXTS[code] ?? 'The server cannot be reached. Try again in a moment.',
    requestId: null,
  };
}
