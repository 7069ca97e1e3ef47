import { problemOf as refusalOf } from 'shotgraph-client';

export interface Problem {
  readonly code: string;
  /** A sentence for the person: what happened and what to do. */
  readonly text: string;
  readonly requestId: string | null;
  /** A sign-in that would help; the way back is to be added. */
  readonly loginUrl: string | null;
  /** Of a change: whether it was made all the same, or nobody knows. */
  readonly outcome: 'done' | 'unknown' | null;
}

/** What was tried: the same refusal says something else to somebody who reads and to somebody who writes. */
export type Attempt = 'read' | 'status' | 'note' | 'upload' | 'link' | 'job';

const LAUNCH_OVER =
  'This launch is over or is not yours. Go back to ShotGrid and choose the menu item again.';

const ON_UPLOADS = {
  UNAUTHENTICATED:
    'Your session has ended, so the movie was not uploaded. Sign in in a new tab, then choose it again.',
  FORBIDDEN: 'ShotGrid does not let you change the movie of this Version.',
};

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
    UNKNOWN_OUTCOME: 'There was no answer. The status may have changed: reload to see.',
  },
  note: {
    UNAUTHENTICATED:
      'Your session has ended, so the note was not sent. Sign in in a new tab, then send again.',
    FORBIDDEN: 'ShotGrid does not let you write a note here. Your text is still in the form.',
    UNKNOWN_OUTCOME:
      'There was no answer. Your text is still in the form. Look in ShotGrid before you send again: the note may have arrived.',
  },
  job: {
    UNAUTHENTICATED: 'Your session has ended, so the job was not retried. Sign in again.',
    FORBIDDEN: 'The render farm does not let you retry this job.',
    STEP_UP: 'The render farm asks you to sign in once more, with your second factor.',
    SYSTEM_REJECTED: 'The render farm did not retry this job: it may be running again already.',
    UNKNOWN_OUTCOME: 'There was no answer. The job may be running again: reload to see.',
  },
  upload: {
    ...ON_UPLOADS,
    NETWORK: 'The server cannot be reached. Choose the movie again in a moment.',
  },
  link: {
    ...ON_UPLOADS,
    UNKNOWN_OUTCOME: 'There was no answer. Reload to see whether the movie has arrived.',
  },
};

export function problemOf(error: unknown, attempt: Attempt): Problem {
  const { code, message, requestId, loginUrl, outcome: told } = refusalOf(error);
  // A connection that breaks says nothing of what had arrived before.
  const outcome = code === 'NETWORK' && !CHANGES.has(attempt) ? null : told;
  const text = TEXTS[attempt][outcome === 'unknown' ? 'UNKNOWN_OUTCOME' : code] ?? message;
  return { code, text, requestId, loginUrl, outcome };
}

/** Before its parts are linked an upload changes nothing that people see. */
const CHANGES: ReadonlySet<Attempt> = new Set(['status', 'note', 'link', 'job']);

const brokenOff = (text: string): Problem => ({
  code: 'BROKEN_OFF',
  text,
  requestId: null,
  loginUrl: null,
  outcome: 'unknown',
});

/** Of what was on its way when the page was left. */
export const BROKEN_OFF = {
  note: brokenOff(
    'This page was left while the note was being sent. Look in ShotGrid before you send it again: it may have arrived.',
  ),
  status: brokenOff('This page was left while the status was being changed. What it is now is shown here.'),
  upload: brokenOff(
    'This page was left while a movie was being uploaded. If it is not here, choose it again.',
  ),
} as const;

/** What is still to be said of a note that was refused before the page was left. */
export function restoredProblem({ code, text }: Pick<Problem, 'code' | 'text'>): Problem {
  const isSignedOut = code === 'UNAUTHENTICATED';
  const said = isSignedOut ? 'Your session had ended, so the note was not sent. Send it again.' : text;
  return { ...brokenOff(said), code: isSignedOut ? 'BROKEN_OFF' : code, outcome: null };
}
