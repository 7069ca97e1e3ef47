import type { ViewerFieldsFragment } from './gql/graphql.ts';
import { shotgraph } from './client.ts';
import { SignOutButton } from './sign-out-button.tsx';

interface TopBarProps {
  readonly title: string;
  readonly referrerUrl: string | null;
  readonly viewer: ViewerFieldsFragment;
}

export function TopBar({ title, referrerUrl, viewer }: TopBarProps) {
  return (
    <header className="topbar">
      <h1>
        <span>Review</span> {title}
      </h1>
      <div className="viewer" data-testid="viewer">
        <strong>{viewer.displayName}</strong>
        <small>
          in ShotGrid as {viewer.login}
          {viewer.permissionRole ? ` · ${viewer.permissionRole}` : ''}
        </small>
      </div>
      <nav>
        {shotgraph.isOverlay ? (
          <a
            className="button"
            href={shotgraph.session.addresses.newTab()}
            target="_blank"
            rel="noopener"
            data-testid="new-tab"
          >
            Open in a new tab
          </a>
        ) : null}
        {referrerUrl === null || shotgraph.isOverlay ? null : (
          <a className="button" href={referrerUrl}>
            Back to ShotGrid
          </a>
        )}
        <SignOutButton />
      </nav>
    </header>
  );
}
