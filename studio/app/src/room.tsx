import { useEffect } from 'react';
import { shotgraph } from './client.ts';
import { deskOf } from './desk.ts';
import { EmptyRoom } from './empty-room.tsx';
import { Message, Skeleton } from './notices.tsx';
import type { Problem } from './problem.ts';
import { SignOutButton } from './sign-out-button.tsx';
import { TopBar } from './top-bar.tsx';
import { type RoomData, useRoom } from './use-room.ts';
import { VersionGrid } from './version-grid.tsx';

/** Everything that a signed-in person sees. */
export function Room() {
  const { data, statuses, hasStatuses, problem, retry } = useRoom();
  const title = data?.title;
  useEffect(() => {
    if (title !== undefined) document.title = `${title} · Review`;
  }, [title]);

  if (data === null) return problem === null ? <Skeleton /> : <Failure problem={problem} retry={retry} />;
  return (
    <>
      <TopBar title={data.title} viewer={data.viewer} referrerUrl={data.referrerUrl} />
      {hasStatuses ? null : (
        <div className="missing" role="status" data-testid="statuses-failed">
          The names of the statuses could not be read, so their codes are shown.{' '}
          <button type="button" className="button small" onClick={retry}>
            Try again
          </button>
        </div>
      )}
      <About data={data} />
      {data.versions.length === 0 ? (
        <EmptyRoom data={data} />
      ) : (
        <VersionGrid versions={data.versions} statuses={statuses} desk={deskOf(data.viewer)} />
      )}
    </>
  );
}

/** What the rows are, where they are not simply all that was selected. */
function About({ data: { versions, pageCount, missingCount, selectedCount } }: { readonly data: RoomData }) {
  if (versions.length === 0) return null;
  if (pageCount !== null) {
    return (
      <p className="missing" role="status" data-testid="nothing-selected">
        Nothing was selected in ShotGrid. Here {versions.length === 1 ? 'is' : 'are'} {versions.length} of the{' '}
        {pageCount} Versions of its page.
      </p>
    );
  }
  if (missingCount === 0) return null;
  return (
    <p className="missing" role="status" data-testid="missing">
      {missingCount} of the {selectedCount} selected rows {missingCount === 1 ? 'is' : 'are'} not visible to
      you in ShotGrid.
    </p>
  );
}

interface FailureProps {
  readonly problem: Problem;
  readonly retry: () => void;
}

/** What the server says of a launch that is not there any more. */
const OVER_CODES = new Set(['NOT_FOUND', 'LAUNCH_EXPIRED', 'BAD_USER_INPUT']);
/** Other codes that asking again does not change. */
const FINAL_CODES = new Set([
  'FORBIDDEN',
  'IMPERSONATION_REFUSED',
  'USER_INACTIVE',
  'ADMIN_SUDO_BLOCKED',
  'OWN_ACCOUNT_NEEDED',
]);

function Failure({ problem, retry }: FailureProps) {
  const isOver = OVER_CODES.has(problem.code);
  return (
    <Message
      title={isOver ? 'This launch is over' : 'This cannot be shown'}
      text={problem.text}
      requestId={problem.requestId}
    >
      {isOver || FINAL_CODES.has(problem.code) ? null : (
        <button type="button" className="button primary" onClick={retry}>
          Try again
        </button>
      )}
      {problem.code === 'OWN_ACCOUNT_NEEDED' ? (
        <a className="button primary" href={shotgraph.session.addresses.link()} data-testid="link-account">
          Link your account
        </a>
      ) : null}
      {isOver ? (
        <a className="button" href={location.pathname}>
          Show the newest versions
        </a>
      ) : null}
      <SignOutButton />
    </Message>
  );
}
