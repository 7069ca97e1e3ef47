import { NetworkStatus } from '@apollo/client';
import { useQuery } from '@apollo/client/react';
import { useMemo } from 'react';
import {
  NewestVersionsDocument,
  OpenedLaunchDocument,
  PageVersionsDocument,
  StatusesDocument,
  type NewestVersionsQuery,
  type OpenedLaunchQuery,
  type PageVersionsQuery,
  type VersionFieldsFragment,
  type ViewerFieldsFragment,
} from './gql/graphql.ts';
import { problemOf, type Problem } from './problem.ts';
import { shotgraph } from './client.ts';
import { readStatuses, type Statuses } from './statuses.ts';

export interface RoomData {
  readonly title: string;
  readonly viewer: ViewerFieldsFragment;
  readonly versions: readonly VersionFieldsFragment[];
  readonly isLaunch: boolean;
  /** ShotGrid's name of the type of the rows; null without any. */
  readonly entityType: string | null;
  readonly selectedCount: number;
  readonly missingCount: number;
  /** Where nothing was selected: how many rows the page had, of which the first are shown. */
  readonly pageCount: number | null;
  readonly referrerUrl: string | null;
}

export interface Room {
  /** Null while it loads or where it failed. */
  readonly data: RoomData | null;
  readonly statuses: Statuses;
  readonly hasStatuses: boolean;
  readonly problem: Problem | null;
  /** Asks again for everything that failed. */
  readonly retry: () => void;
}

/** The Versions of the launch, or the newest ones where the page was opened without; who looks; the statuses. */
export function useRoom(): Room {
  const id = shotgraph.launch;
  const launched = useQuery(OpenedLaunchDocument, { variables: { id: id ?? '' }, skip: id === null });
  const newest = useQuery(NewestVersionsDocument, { skip: id !== null });
  const listed = useQuery(StatusesDocument);
  const pageIds = pageIdsOf(launched.data);
  const paged = useQuery(PageVersionsDocument, { variables: { ids: pageIds }, skip: pageIds.length === 0 });
  const rows = listed.data?.statuses?.nodes;
  const statuses = useMemo(() => readStatuses(rows ?? []), [rows]);
  const asked = [launched, newest, paged];
  const failed = asked.find(({ error }) => error !== undefined);
  const isFirst = listed.networkStatus === NetworkStatus.loading;
  const isComplete = !isFirst && !paged.loading && failed === undefined;
  const data = id === null ? ofNewest(newest.data) : ofLaunch(launched.data, pageIds, paged.data);
  return {
    // Shown together, or every status would flash as its bare code first.
    data: isComplete ? data : null,
    statuses,
    hasStatuses: isFirst || rows !== undefined,
    problem: failed?.error === undefined ? null : problemOf(failed.error, 'read'),
    retry() {
      for (const { error, refetch } of [...asked, listed])
        if (error !== undefined) void refetch().catch(() => undefined);
    },
  };
}

/** The page's rows, for a launch on a page where nothing was selected. */
function pageIdsOf(data: OpenedLaunchQuery | undefined): number[] {
  const launch = data?.launch;
  return launch?.selectedCount === 0 && launch.entityType === 'Version' ? (launch.ids ?? []) : [];
}

function ofLaunch(
  data: OpenedLaunchQuery | undefined,
  pageIds: readonly number[],
  page: PageVersionsQuery | undefined,
): RoomData | null {
  const launch = data?.launch;
  if (data === undefined || !launch) return null;
  const selected = (launch.selected ?? []).flatMap((row) => (row?.__typename === 'Version' ? [row] : []));
  const byId = new Map((page?.versions?.nodes ?? []).map((version) => [version.id, version]));
  return {
    title: launch.project?.name ?? launch.page.title ?? 'Selection',
    viewer: data.viewer,
    versions: launch.selectedCount === 0 ? pageIds.flatMap((id) => byId.get(id) ?? []) : selected,
    isLaunch: true,
    entityType: launch.entityType ?? null,
    selectedCount: launch.selectedCount,
    missingCount: launch.missingCount ?? 0,
    pageCount: launch.selectedCount === 0 ? launch.idCount : null,
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
    isLaunch: false,
    entityType: null,
    selectedCount: versions.length,
    missingCount: 0,
    pageCount: null,
    referrerUrl: null,
  };
}
