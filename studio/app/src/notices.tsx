import { signInUrl } from './session.ts';

export function SignIn() {
  return (
    <main className="notice">
      <h1>Review</h1>
      <p>Sign in with your studio account to go on.</p>
      <a className="button primary" href={signInUrl()} data-testid="sign-in">
        Sign in
      </a>
    </main>
  );
}

interface MessageProps {
  readonly title: string;
  readonly text: string;
  readonly requestId?: string | null;
}

export function Message({ title, text, requestId = null }: MessageProps) {
  return (
    <main className="notice" role="alert" data-testid="message">
      <h1>{title}</h1>
      <p>{text}</p>
      {requestId === null ? null : <small>Request {requestId}</small>}
    </main>
  );
}

const CARDS = ['a', 'b', 'c', 'd', 'e', 'f'];

export function Skeleton() {
  return (
    <main aria-busy="true" aria-label="Loading">
      <div className="topbar" />
      <div className="grid">
        {CARDS.map((key) => (
          <div key={key} className="card skeleton" />
        ))}
      </div>
    </main>
  );
}
