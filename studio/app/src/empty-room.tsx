import { Message } from './notices.tsx';
import { shotgraph } from './client.ts';
import type { RoomData } from './use-room.ts';

/** Says why there is nothing to review, and what to do. */
export function EmptyRoom({ data }: { readonly data: RoomData }) {
  const [title, text] = wordsOf(data);
  return (
    <Message title={title} text={text}>
      {data.referrerUrl === null || shotgraph.isOverlay ? undefined : (
        <a className="button primary" href={data.referrerUrl}>
          Back to ShotGrid
        </a>
      )}
    </Message>
  );
}

const NOT_SEEN = 'Nothing that you may see';

function wordsOf({
  isLaunch,
  entityType,
  selectedCount,
  pageCount,
}: RoomData): readonly [title: string, text: string] {
  if (!isLaunch) return [NOT_SEEN, 'There is no Version that you may see in ShotGrid.'];
  if (entityType !== null && entityType !== 'Version')
    return [
      'No Versions',
      `The menu item was chosen on rows of the type ${entityType}. This tool reviews Versions: choose it on those.`,
    ];
  if (selectedCount > 0) {
    const what =
      selectedCount === 1 ? 'the selected Version' : `any of the ${selectedCount} selected Versions`;
    return [
      NOT_SEEN,
      `ShotGrid does not show you ${what}: deleted since, or you may not see ${selectedCount === 1 ? 'it' : 'them'}.`,
    ];
  }
  if (pageCount === null || pageCount === 0)
    return [
      'Nothing was selected',
      'The page in ShotGrid had no rows either. Select Versions there and choose the menu item again.',
    ];
  return [
    'Nothing was selected',
    `ShotGrid shows you none of the ${pageCount} Versions of its page. Select some that you may see.`,
  ];
}
