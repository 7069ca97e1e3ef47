import { useQuery } from '@apollo/client/react';
import { useMemo } from 'react';
import { NEWEST_VERSIONS, OPENED_LAUNCH, STATUSES } from './documents.ts';
import type {
  NewestVersionsQuery,
  OpenedLaunchQuery,
  VersionFieldsFragment,
  ViewerFieldsFragment,
} from './gql/graphql.ts';
import { problemOf, type Problem } from './problem.ts';
import { launchId } from './session.ts';
import { readStatuses, type Statuses } from './statuses.ts';

export interface RoomData {
  readonly title: string;
  readonly viewer: ViewerFieldsFragment;
  readonly versions: readonly VersionFieldsFragment[];
  readonly selectedCount: number;
  readonly missingCount: number;
  readonly referrerUrl: string | null;
}

export interface Room {
  /** Null while it loads or where it failed. */
  readonly data: RoomData | null;
  readonly statuses: Statuses;
  readonly problem: Problem | null;
  readonly retry: () => void;
}

/** The Versions of the launch, or the newest ones where the page was opened without; who looks; the statuses. */
export function useRoom(): Room {
  const id = launchId();
  const launched = useQuery(OPENED_LAUNCH, { variables: { id: id ?? '' }, skip: id === null });
  const newest = useQuery(NEWEST_VERSIONS, { skip: id !== null });
  const listed = useQuery(STATUSES);
  const rows = listed.data?.statuses?.nodes;
  const statuses = useMemo(() => readStatuses(rows ?? []), [rows]);
  const asked = id === null ? newest : launched;
  const data = id === null ? ofNewest(newest.data) : ofLaunch(launched.data);
  return {
    // Shown together, or every status would flash as its bare code first.
    data: listed.loading ? null : data,
    statuses,
    problem: asked.error === undefined ? null : problemOf(asked.error, 'read'),
    retry: () => void asked.refetch().catch(() => undefined),
  };
}

function ofLaunch(data: OpenedLaunchQuery | undefined): RoomData | null {
  const launch = data?.launch;
  if (data === undefined || !launch) return null;
  return {
    title: launch.project?.name ?? launch.page.title ?? 'Selection',
    viewer: data.viewer,
    versions: (launch.selected ?? []).flatMap((row) => (row?.__typename === 'Version' ? [row] : [])),
    selectedCount: launch.selectedCount,
    missingCount: launch.missingCount ?? 0,
    referrerUrl: launch.referrerUrl ?? null,
  };
}

function ofNewest(data: NewestVersionsQuery | undefined): RoomData | null {
  if (!data?.versions) return null;
  const versions = data.versions.nodes;
  return {
    title: 'Newest versions',
    viewer: data.viewer,
    versions,
    selectedCount: versions.length,
    missingCount: 0,
    referrerUrl: null,
  };
}
