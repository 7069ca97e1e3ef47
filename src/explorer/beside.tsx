import { useEffect } from 'react';
import { EXPLORER } from './addresses.ts';
import { announceSignIn, useSession } from './use-session.ts';
import { whoText } from './who.tsx';

/** Where a sign-in in a tab of its own ends, so that the explorer's tab keeps what was typed there. */
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
