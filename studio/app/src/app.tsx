import { useSyncExternalStore } from 'react';
import { shotgraph } from './client.ts';
import { Message, OtherPerson, SignedOut, SignIn, Skeleton } from './notices.tsx';
import { Room } from './room.tsx';
import { SessionEnd } from './session-end.tsx';

const { session } = shotgraph;

/** Asks whether somebody is signed in before anything else is asked, and covers the page once its session is over. */
export function App() {
  const { kind, other, times } = useSyncExternalStore(session.subscribe, session.state);
  switch (kind) {
    case 'asking':
      return <Skeleton />;
    case 'other':
      return <OtherPerson displayName={other?.displayName ?? ''} />;
    case 'out':
    case 'ended':
      return <SignIn hasEnded={kind === 'ended'} onSignIn={() => void session.signIn()} />;
    case 'left':
      return <SignedOut />;
    case 'failed':
      return (
        <Message title="The server cannot be reached" text="Nothing is lost. Try again in a moment.">
          <button type="button" className="button primary" onClick={() => void session.look()}>
            Try again
          </button>
        </Message>
      );
    default:
      return (
        <>
          <SessionEnd times={times} />
          <Room />
        </>
      );
  }
}
