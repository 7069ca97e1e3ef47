import { useCallback, useEffect, useRef, useState } from 'react';
import { Message, OtherPerson, SignedOut, SignIn, Skeleton } from './notices.tsx';
import { Room } from './room.tsx';
import { SessionEnd } from './session-end.tsx';
import { type SessionTimes, watchSession } from './session-watch.ts';
import { SIGNED_OUT, type SignedIn, signInUrl, whoIsSignedIn } from './session.ts';

const ASK_AGAIN_MS = 3000;

type State = 'asking' | 'in' | 'out' | 'ended' | 'other' | 'left' | 'failed';

/** @param who is signed in now; nobody, the person whose page this is, or another one */
function stateAfter(current: State, who: 'nobody' | 'owner' | 'other'): State {
  // An answer that was under way does not bring the page back to somebody who has signed out here.
  if (current === 'left') return current;
  if (who === 'nobody') {
    if (current === 'asking') return 'out';
    return current === 'in' || current === 'other' ? 'ended' : current;
  }
  return who === 'owner' ? 'in' : 'other';
}

/** Asks whether somebody is signed in before anything else is asked. */
export function App() {
  const [state, setState] = useState<State>('asking');
  /** Whose page this is: nothing of it is shown to anybody else. */
  const owner = useRef<SignedIn | null>(null);
  const [other, setOther] = useState<SignedIn | null>(null);
  const settle = useCallback((who: SignedIn | null): void => {
    owner.current ??= who;
    const isOwner = who === null || owner.current?.person.id === who.person.id;
    setOther(isOwner ? null : who);
    setState((current) => stateAfter(current, who === null ? 'nobody' : isOwner ? 'owner' : 'other'));
  }, []);
  const ask = useCallback((): void => {
    whoIsSignedIn().then(settle, () => setState((current) => (current === 'asking' ? 'failed' : current)));
  }, [settle]);
  useEffect(ask, [ask]);
  useEffect(() => {
    const leave = (): void => setState('left');
    addEventListener(SIGNED_OUT, leave);
    return () => removeEventListener(SIGNED_OUT, leave);
  }, []);
  const [times, setTimes] = useState<SessionTimes | null>(null);
  const end = useCallback(() => {
    // The times of the session that is over are not those of the next one.
    setTimes(null);
    setState((current) => (current === 'in' ? 'ended' : current));
    // The cookie of somebody who signs in over this session comes a moment after its end.
    setTimeout(ask, ASK_AGAIN_MS);
  }, [ask]);
  const endAndAsk = useCallback(() => {
    end();
    ask();
  }, [end, ask]);
  const isIn = state === 'in';
  useEffect(
    () => (isIn ? watchSession({ onTimes: setTimes, onEnded: endAndAsk, onBack: ask }) : undefined),
    [isIn, endAndAsk, ask],
  );
  const isCovered = state === 'out' || state === 'ended' || state === 'other';
  useEffect(() => {
    if (!isCovered) return undefined;
    // The person may have signed in in another tab before they came back to this one.
    addEventListener('focus', ask);
    document.addEventListener('visibilitychange', ask);
    return () => {
      removeEventListener('focus', ask);
      document.removeEventListener('visibilitychange', ask);
    };
  }, [isCovered, ask]);
  /** Nobody is sent to sign in who has done so in another tab. */
  const signIn = useCallback(async (): Promise<void> => {
    const who = await whoIsSignedIn().catch(() => null);
    if (who === null) location.assign(signInUrl());
    else settle(who);
  }, [settle]);

  if (state === 'asking') return <Skeleton />;
  if (state === 'other' && other !== null) return <OtherPerson displayName={other.displayName} />;
  if (isCovered) return <SignIn hasEnded={state === 'ended'} onSignIn={() => void signIn()} />;
  if (state === 'left') return <SignedOut />;
  if (state === 'failed') {
    return (
      <Message title="The server cannot be reached" text="Nothing is lost. Try again in a moment.">
        <button
          type="button"
          className="button primary"
          onClick={() => {
            setState('asking');
            ask();
          }}
        >
          Try again
        </button>
      </Message>
    );
  }
  return (
    <>
      <SessionEnd times={times} onTimes={setTimes} />
      <Room onSessionEnded={end} />
    </>
  );
}
