import { useQuery } from '@apollo/client/react';
import { useEffect, useState } from 'react';
import { NEWEST_VERSIONS, OPENED_LAUNCH } from './documents.ts';
import type { VersionFieldsFragment } from './gql/graphql.ts';
import { Message, Skeleton } from './notices.tsx';
import { problemOf } from './problem.ts';
import { launchId } from './session.ts';
import type { StatusChoice } from './statuses.ts';
import { statusChoices } from './statuses.ts';
import { TopBar } from './top-bar.tsx';
import { VersionGrid } from './version-grid.tsx';

interface RoomData {
  readonly versions: readonly VersionFieldsFragment[];
  readonly choices: readonly StatusChoice[];
  readonly title: string;
  readonly missingCount: number;
  readonly referrerUrl: string | null;
  readonly viewer: {
    readonly displayName: string;
    readonly login: string;
    readonly permissionRole?: string | null;
  };
}

/** The Versions of the launch, or the newest ones where the page was opened without. */
export function Room({ onSignedOut }: { readonly onSignedOut: () => void }) {
  const { data, error } = useRoom();
  const problem = error === undefined ? null : problemOf(error);
  const isSignedOut = problem?.code === 'UNAUTHENTICATED';
  useEffect(() => {
    if (isSignedOut) onSignedOut();
  }, [isSignedOut, onSignedOut]);
  const [focusedId, setFocusedId] = useState<number | null>(null);
  if (problem !== null) {
    return <Message title="This cannot be shown" text={problem.text} requestId={problem.requestId} />;
  }
  if (data === null) return <Skeleton />;
  return (
    <>
      <TopBar title={data.title} viewer={data.viewer} referrerUrl={data.referrerUrl} />
      {data.missingCount > 0 ? (
        <p className="missing" role="status" data-testid="missing">
          {data.missingCount} of the selected rows {data.missingCount === 1 ? 'is' : 'are'} not visible to
          you.
        </p>
      ) : null}
      {data.versions.length === 0 ? (
        <Message title="Nothing to review" text="None of the selected rows is a Version that you may see." />
      ) : (
        <VersionGrid
          versions={data.versions}
          choices={data.choices}
          focusedId={focusedId}
          onFocus={setFocusedId}
        />
      )}
    </>
  );
}

function useRoom(): { data: RoomData | null; error: unknown } {
  const id = launchId();
  const launched = useQuery(
    OPENED_LAUNCH,
    id === null ? { skip: true, variables: { id: '' } } : { variables: { id } },
  );
  const newest = useQuery(NEWEST_VERSIONS, { skip: id !== null });
  const error = launched.error ?? newest.error;
  const launch = launched.data?.launch;
  if (launched.data !== undefined && launch) {
    const versions = launch.selected.flatMap((row) => (row?.__typename === 'Version' ? [row] : []));
    const data: RoomData = {
      versions,
      choices: statusChoices(launched.data.statuses.nodes),
      title: launch.project?.name ?? launch.page.title ?? 'Review',
      missingCount: launch.missingCount,
      referrerUrl: launch.referrerUrl ?? null,
      viewer: launched.data.viewer,
    };
    return { data, error };
  }
  if (newest.data === undefined) return { data: null, error };
  const data: RoomData = {
    versions: newest.data.versions.nodes,
    choices: statusChoices(newest.data.statuses.nodes),
    title: 'Newest versions',
    missingCount: 0,
    referrerUrl: null,
    viewer: newest.data.viewer,
  };
  return { data, error };
}
