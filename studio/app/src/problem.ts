import { CombinedGraphQLErrors, ServerError } from '@apollo/client/errors';

export interface Problem {
  readonly code: string;
  /** A sentence for the person: what happened and what to do. */
  readonly text: string;
  readonly requestId: string | null;
  /** A sign-in that would help; the way back is to be added. */
  readonly loginUrl: string | null;
}

/** What was tried: the same refusal says something else to somebody who reads and to somebody who writes. */
export type Attempt = 'read' | 'status' | 'note' | 'upload' | 'job';

interface Refusal {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly requestId?: unknown;
  readonly details?: { readonly loginUrl?: unknown } | undefined;
}

const LAUNCH_OVER =
  'This launch is over or is not yours. Go back to ShotGrid and choose the menu item again.';

/** Only where this app knows better than the server's own sentence, which is otherwise shown as it is. */
const TEXTS: Readonly<Record<Attempt, Readonly<Record<string, string>>>> = {
  read: {
    // Nothing of what this app asks is typed by the person but the launch in its address.
    BAD_USER_INPUT: LAUNCH_OVER,
    UNAUTHENTICATED: 'Your session has ended. Sign in again.',
    NOT_FOUND: LAUNCH_OVER,
    OWN_ACCOUNT_NEEDED: 'ShotGrid lets nobody act for you. Link your own account to go on.',
    STEP_UP: 'Another system asks you to sign in once more, with your second factor.',
    NETWORK: 'The server cannot be reached. Try again in a moment.',
  },
  status: {
    UNAUTHENTICATED: 'Your session has ended, so the status was not changed. Sign in again.',
    FORBIDDEN: 'ShotGrid does not let you change this status. The old one is back.',
    UPSTREAM_TIMEOUT: 'ShotGrid did not answer in time. The status may have changed: reload to see.',
    NETWORK: 'The server cannot be reached. The old status is back; try again in a moment.',
  },
  note: {
    UNAUTHENTICATED:
      'Your session has ended, so the note was not sent. Sign in in a new tab, then send again.',
    FORBIDDEN: 'ShotGrid does not let you write a note here. Your text is still in the form.',
    UPSTREAM_TIMEOUT:
      'ShotGrid did not answer in time. Look there before you send again: the note may have arrived.',
    NETWORK: 'The server cannot be reached. Your text is still in the form; try again in a moment.',
  },
  job: {
    UNAUTHENTICATED: 'Your session has ended, so the job was not retried. Sign in again.',
    FORBIDDEN: 'The render farm does not let you retry this job.',
    STEP_UP: 'The render farm asks you to sign in once more, with your second factor.',
    SYSTEM_REJECTED: 'The render farm did not retry this job: it may be running again already.',
    NETWORK: 'The server cannot be reached. Try again in a moment.',
  },
  upload: {
    UNAUTHENTICATED:
      'Your session has ended, so the movie was not uploaded. Sign in in a new tab, then choose it again.',
    FORBIDDEN: 'ShotGrid does not let you change the movie of this Version.',
    UPSTREAM_TIMEOUT: 'ShotGrid did not answer in time. Reload to see whether the movie has arrived.',
    NETWORK: 'The server cannot be reached. Choose the movie again in a moment.',
  },
};

const UNKNOWN = 'Something went wrong. Try again, and tell an administrator if it stays so.';

export function problemOf(error: unknown, attempt: Attempt): Problem {
  const { code: givenCode, message, requestId, details } = refusalOf(error);
  const code = textOf(givenCode) ?? 'NETWORK';
  return {
    code,
    text: TEXTS[attempt][code] ?? textOf(message) ?? UNKNOWN,
    requestId: textOf(requestId),
    loginUrl: textOf(details?.loginUrl),
  };
}

/** A GraphQL error, or the JSON of a request that was turned away before GraphQL. */
function refusalOf(error: unknown): Refusal {
  if (CombinedGraphQLErrors.is(error)) {
    const [first] = error.errors;
    return { code: 'INTERNAL', message: first?.message, ...first?.extensions };
  }
  if (!ServerError.is(error)) return {};
  const fallback = { code: error.statusCode === 401 ? 'UNAUTHENTICATED' : 'INTERNAL' };
  try {
    const body = JSON.parse(error.bodyText) as { error?: Refusal; errors?: { extensions?: Refusal }[] };
    return { ...fallback, ...(body.error ?? body.errors?.[0]?.extensions) };
  } catch {
    return fallback;
  }
}

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
