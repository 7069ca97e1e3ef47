import { useState } from 'react';
import { shotgraph } from './client.ts';

/** Signs out, and says so where that failed: who walks away must not be signed in still. */
export function SignOutButton() {
  const [hasFailed, setFailed] = useState(false);
  const leave = (): void => {
    setFailed(false);
    void shotgraph.session.signOut().catch(() => setFailed(true));
  };
  return (
    <>
      <button type="button" className="button" onClick={leave} data-testid="sign-out">
        Sign out
      </button>
      {hasFailed ? (
        <p className="refusal" role="alert" data-testid="sign-out-refusal">
          You are still signed in: the server did not sign you out. Try again in a moment.
        </p>
      ) : null}
    </>
  );
}
