import { useEffect } from 'react';
import { EXPLORER } from './addresses.ts';
import { announceSignIn, useSession } from './use-session.ts';
import { whoText } from './who.tsx';

/** The end of a sign-in in a separate tab, so that the explorer's tab keeps the typed text. */
export function Beside() {
  const who = useSession();
  useEffect(() => {
    if (who.kind === 'person') announceSignIn();
  }, [who]);
  return (
    <main className="beside">
      <h1>GraphQL explorer</h1>
      <p>{whoText(who)}</p>
      <p>If you came from an explorer in another tab, go back to it. You can close this one.</p>
      <p>
        <a href={EXPLORER}>Open an explorer here</a>
      </p>
    </main>
  );
}
