import type { MouseEvent, ReactNode } from 'react';
import { shotgraph } from './client.ts';
import type { Problem } from './problem.ts';

interface SignInProps {
  readonly hasEnded: boolean;
  readonly onSignIn: () => void;
}

export function SignIn({ hasEnded, onSignIn }: SignInProps) {
  const go = (event: MouseEvent): void => {
    // In a new tab the link is followed as it is.
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    onSignIn();
  };
  return (
    <main className="notice">
      <h1>Review</h1>
      <p>
        {hasEnded
          ? 'Your session has ended. Sign in again and you are back here.'
          : 'Sign in with your studio account to go on.'}
      </p>
      <div className="actions">
        <a
          className="button primary"
          href={shotgraph.session.addresses.signIn()}
          onClick={go}
          data-testid="sign-in"
        >
          Sign in
        </a>
      </div>
    </main>
  );
}

/** Somebody else has signed in at this browser: a reload drops all that was read for the first person. */
export function OtherPerson({ displayName }: { readonly displayName: string }) {
  return (
    <main className="notice" role="alert" data-testid="other-person">
      <h1>Signed in as a different person</h1>
      <p>
        {displayName} has signed in at this browser, so the session of this page has ended. To go on as{' '}
        {displayName}, load the page again.
      </p>
      <div className="actions">
        <button type="button" className="button primary" onClick={() => location.reload()}>
          Go on as {displayName}
        </button>
      </div>
    </main>
  );
}

/** In the overlay; a tab is led to the provider instead. */
export function SignedOut() {
  return (
    <main className="notice" data-testid="signed-out">
      <h1>You are signed out</h1>
      <p>To go on, choose the menu item in ShotGrid again.</p>
    </main>
  );
}

interface MessageProps {
  readonly title: string;
  readonly text: string;
  readonly requestId?: string | null;
  /** Ways on from here. */
  readonly children?: ReactNode;
}

export function Message({ title, text, requestId = null, children }: MessageProps) {
  return (
    <main className="notice" role="alert" data-testid="message">
      <h1>{title}</h1>
      <p>{text}</p>
      {children === undefined ? null : <div className="actions">{children}</div>}
      {requestId === null ? null : <small>Request {requestId}</small>}
    </main>
  );
}

interface RefusalProps {
  readonly problem: Problem;
  readonly testId: string;
}

/** Says beside the thing that was tried why it did not happen. */
export function Refusal({ problem, testId }: RefusalProps) {
  return (
    <p className="refusal" role="alert" data-testid={testId}>
      {problem.text}{' '}
      {problem.code === 'UNAUTHENTICATED' ? (
        <a
          href={shotgraph.session.addresses.signIn()}
          target={shotgraph.isOverlay ? undefined : '_blank'}
          rel="noreferrer"
        >
          Sign in
        </a>
      ) : null}
      {problem.requestId === null ? null : <small>Request {problem.requestId}</small>}
    </p>
  );
}

const CARDS = ['a', 'b', 'c', 'd', 'e', 'f'];

export function Skeleton() {
  return (
    <main aria-busy="true" aria-label="Loading" data-testid="loading">
      <div className="topbar" />
      <div className="grid">
        {CARDS.map((key) => (
          <div key={key} className="card skeleton" />
        ))}
      </div>
    </main>
  );
}
