import { signOut } from './session.ts';

interface TopBarProps {
  readonly title: string;
  readonly referrerUrl: string | null;
  readonly viewer: {
    readonly displayName: string;
    readonly login: string;
    readonly permissionRole?: string | null;
  };
}

export function TopBar({ title, referrerUrl, viewer }: TopBarProps) {
  return (
    <header className="topbar">
      <h1>
        <span>Review</span> {title}
      </h1>
      {referrerUrl === null ? null : (
        <a className="button" href={referrerUrl}>
          Back to ShotGrid
        </a>
      )}
      <div className="viewer" data-testid="viewer">
        <strong>{viewer.displayName}</strong>
        <small>
          {viewer.login}
          {viewer.permissionRole ? ` · ${viewer.permissionRole}` : ''}
        </small>
      </div>
      <button type="button" className="button" onClick={() => void signOut()}>
        Sign out
      </button>
    </header>
  );
}
