import { useCallback, useEffect, useState } from 'react';
import { Message, SignedOut, SignIn, Skeleton } from './notices.tsx';
import { Room } from './room.tsx';
import { SessionEnd } from './session-end.tsx';
import { type SessionTimes, watchSession } from './session-watch.ts';
import { isSignedIn, SIGNED_OUT } from './session.ts';

type State = 'asking' | 'in' | 'out' | 'ended' | 'left' | 'failed';

/** Asks whether somebody is signed in before anything else is asked. */
export function App() {
  const [state, setState] = useState<State>('asking');
  const ask = useCallback((): void => {
    isSignedIn().then(
      (isIn) => setState(isIn ? 'in' : 'out'),
      () => setState('failed'),
    );
  }, []);
  useEffect(ask, [ask]);
  useEffect(() => {
    const leave = (): void => setState('left');
    addEventListener(SIGNED_OUT, leave);
    return () => removeEventListener(SIGNED_OUT, leave);
  }, []);
  const [times, setTimes] = useState<SessionTimes | null>(null);
  // Who has signed out here is told that already.
  const end = useCallback(() => setState((current) => (current === 'in' ? 'ended' : current)), []);
  const isIn = state === 'in';
  useEffect(() => (isIn ? watchSession({ onTimes: setTimes, onEnded: end }) : undefined), [isIn, end]);

  if (state === 'asking') return <Skeleton />;
  if (state === 'out' || state === 'ended') return <SignIn hasEnded={state === 'ended'} />;
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
