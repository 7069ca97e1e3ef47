import { useEffect, useState } from 'react';
import { Message, SignIn, Skeleton } from './notices.tsx';
import { Room } from './room.tsx';
import { findSession, type SignedIn } from './session.ts';

type State = { kind: 'asking' } | { kind: 'out' } | { kind: 'in'; session: SignedIn } | { kind: 'failed' };

/** Asks who is signed in before anything else is asked. */
export function App() {
  const [state, setState] = useState<State>({ kind: 'asking' });
  useEffect(() => {
    findSession().then(
      (session) => setState(session === null ? { kind: 'out' } : { kind: 'in', session }),
      () => setState({ kind: 'failed' }),
    );
  }, []);
  if (state.kind === 'asking') return <Skeleton />;
  if (state.kind === 'out') return <SignIn />;
  if (state.kind === 'failed')
    return <Message title="The server cannot be reached" text="Reload in a moment." />;
  return <Room onSignedOut={() => setState({ kind: 'out' })} />;
}
