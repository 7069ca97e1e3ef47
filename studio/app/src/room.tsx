import { useEffect } from 'react';
import { Message, Skeleton } from './notices.tsx';
import type { Problem } from './problem.ts';
import { IS_OVERLAY, linkUrl, signOut } from './session.ts';
import { TopBar } from './top-bar.tsx';
import { useRoom } from './use-room.ts';
import { VersionGrid } from './version-grid.tsx';

/** Everything that a signed-in person sees. */
export function Room({ onSessionEnded }: { readonly onSessionEnded: () => void }) {
  const { data, statuses, problem, retry } = useRoom();
  const hasEnded = problem?.code === 'UNAUTHENTICATED';
  useEffect(() => {
    if (hasEnded) onSessionEnded();
  }, [hasEnded, onSessionEnded]);
  const title = data?.title;
  useEffect(() => {
    if (title !== undefined) document.title = `${title} · Review`;
  }, [title]);

  if (data === null) return problem === null ? <Skeleton /> : <Failure problem={problem} retry={retry} />;
  const { missingCount, selectedCount, versions } = data;
  return (
    <>
      <TopBar title={data.title} viewer={data.viewer} referrerUrl={data.referrerUrl} />
      {missingCount > 0 ? (
        <p className="missing" role="status" data-testid="missing">
          {missingCount} of the {selectedCount} selected rows {missingCount === 1 ? 'is' : 'are'} not visible
          to you in ShotGrid.
        </p>
      ) : null}
      {versions.length === 0 ? (
        <Message title="Nothing to review" text="There is no Version here that you may see in ShotGrid.">
          {data.referrerUrl === null || IS_OVERLAY ? null : (
            <a className="button primary" href={data.referrerUrl}>
              Back to ShotGrid
            </a>
          )}
        </Message>
      ) : (
        <VersionGrid versions={versions} statuses={statuses} />
      )}
    </>
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
        <a className="button primary" href={linkUrl()} data-testid="link-account">
          Link your account
        </a>
      ) : null}
      {isOver ? (
        <a className="button" href={location.pathname}>
          Show the newest versions
        </a>
      ) : null}
      <button type="button" className="button" onClick={() => void signOut().catch(() => undefined)}>
        Sign out
      </button>
    </Message>
  );
}
