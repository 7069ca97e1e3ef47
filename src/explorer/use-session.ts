import { useCallback, useEffect, useState } from 'react';
import { onAnswer } from './answers.ts';

/** The person in the answer of `GET /auth/session`. */
export interface SignedInPerson {
  readonly displayName: string;
  readonly login: string;
  readonly permissionRole: string | null;
  readonly person: { readonly type: string; readonly id: number };
}

export type Who = (
  | { readonly kind: 'asking' | 'nobody' | 'unknown' }
  | { readonly kind: 'person'; readonly person: SignedInPerson }
) & {
  /** The previous person on this page. */
  readonly before: SignedInPerson | undefined;
};

/** Channel to other tabs with an explorer. */
const CHANNEL = 'shotgraph:explorer';
const ASK_AGAIN_MS = 10_000;
/** A replaced session ends a moment before the new cookie arrives. */
const AFTER_END_MS = 1000;
const UNAUTHENTICATED_STATUS = 401;

/** The signed-in person while the page is open: read again whenever it may have changed. */
export function useSession(): Who {
  const [who, setWho] = useState<Who>({ kind: 'asking', before: undefined });
  const askAgain = useCallback((): void => {
    void readSession().then((found) => setWho((old) => next(old, found)));
  }, []);
  const me = who.kind === 'person' ? who.person.person.id : undefined;

  useEffect(() => {
    askAgain();
    // A person may have signed in or out in another tab.
    window.addEventListener('focus', askAgain);
    document.addEventListener('visibilitychange', askAgain);
    const channel = new BroadcastChannel(CHANNEL);
    channel.addEventListener('message', askAgain);
    return () => {
      window.removeEventListener('focus', askAgain);
      document.removeEventListener('visibilitychange', askAgain);
      channel.close();
    };
  }, [askAgain]);

  useEffect(() => {
    const isKnown = me !== undefined;
    return onAnswer(({ isSignedIn }) => {
      if (isSignedIn !== undefined && isSignedIn !== isKnown) askAgain();
    });
  }, [me, askAgain]);

  useEffect(() => {
    if (who.kind !== 'unknown') return undefined;
    const timer = setInterval(askAgain, ASK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [who.kind, askAgain]);

  useEffect(() => (me === undefined ? undefined : listen(askAgain)), [me, askAgain]);
  return who;
}

/** Notifies the explorers of other tabs about a sign-in here. */
export function announceSignIn(): void {
  const channel = new BroadcastChannel(CHANNEL);
  // A channel is of this origin alone; the rule means windows.
  // oxlint-disable-next-line unicorn/require-post-message-target-origin
  channel.postMessage('signed-in');
  channel.close();
}

async function readSession(): Promise<SignedInPerson | 'nobody' | 'unknown'> {
  try {
    const answer = await fetch('/auth/session', { headers: { accept: 'application/json' } });
    const body = (await answer.json()) as SignedInPerson;
    if (answer.ok) return body;
    return answer.status === UNAUTHENTICATED_STATUS ? 'nobody' : 'unknown';
  } catch {
    return 'unknown';
  }
}

function next(old: Who, found: SignedInPerson | 'nobody' | 'unknown'): Who {
  const last = old.kind === 'person' ? old.person : old.before;
  if (typeof found === 'string') return old.kind === found ? old : { kind: found, before: last };
  // The same object if nothing changed, so that dependent effects do not run again.
  if (old.kind === 'person' && isSame(old.person, found)) return old;
  return { kind: 'person', person: found, before: last };
}

/** A login may pass to another person, and a role may change while the page is open. */
const isSame = (a: SignedInPerson, b: SignedInPerson): boolean =>
  a.person.id === b.person.id &&
  a.login === b.login &&
  a.displayName === b.displayName &&
  a.permissionRole === b.permissionRole;

/** Calls `onChange` when the session is over, or when its events can no longer be received. */
function listen(onChange: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let source: EventSource | undefined;
  const open = (): void => {
    source = new EventSource('/auth/session/events');
    source.addEventListener('ended', () => {
      source?.close();
      onChange();
      // The same person may have signed in again; otherwise the stream has been closed by then.
      timer = setTimeout(open, AFTER_END_MS);
    });
    source.addEventListener('error', () => {
      // The browser retries by itself after everything except a refusal.
      if (source?.readyState !== EventSource.CLOSED) return;
      onChange();
      timer = setTimeout(open, ASK_AGAIN_MS);
    });
  };
  open();
  return () => {
    clearTimeout(timer);
    source?.close();
  };
}
