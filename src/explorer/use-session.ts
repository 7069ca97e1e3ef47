import { useCallback, useEffect, useState } from 'react';
import { onAnswer } from './answers.ts';

/** What `GET /auth/session` tells about the person. */
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
  /** Who asked before, on this page. */
  readonly before: SignedInPerson | undefined;
};

/** Told to the other tabs with an explorer. */
const CHANNEL = 'shotgraph:explorer';
const ASK_AGAIN_MS = 10_000;
/** A session that another one replaces ends a moment before the new cookie is there. */
const AFTER_END_MS = 1000;
const UNAUTHENTICATED_STATUS = 401;

/** Who asks, as long as the page is open: read again whenever it may have changed. */
export function useSession(): Who {
  const [who, setWho] = useState<Who>({ kind: 'asking', before: undefined });
  const askAgain = useCallback((): void => {
    void readSession().then((found) => setWho((old) => next(old, found)));
  }, []);
  const me = who.kind === 'person' ? who.person.person.id : undefined;

  useEffect(() => {
    askAgain();
    // Somebody may have signed in or out in another tab.
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

/** Tells the explorers of other tabs that somebody has signed in here. */
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
  // The same object where nothing is new, so that what depends on it stays.
  if (old.kind === 'person' && isSame(old.person, found)) return old;
  return { kind: 'person', person: found, before: last };
}

/** A login may be given on, and a role may change while the page is open. */
const isSame = (a: SignedInPerson, b: SignedInPerson): boolean =>
  a.person.id === b.person.id &&
  a.login === b.login &&
  a.displayName === b.displayName &&
  a.permissionRole === b.permissionRole;

/** Calls when the session is over, or when it can no longer be heard of. */
function listen(onChange: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let source: EventSource | undefined;
  const open = (): void => {
    source = new EventSource('/auth/session/events');
    source.addEventListener('ended', () => {
      source?.close();
      onChange();
      // The same person may have signed in anew; else nobody listens by then.
      timer = setTimeout(open, AFTER_END_MS);
    });
    source.addEventListener('error', () => {
      // Anything but a refusal the browser tries again by itself.
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
