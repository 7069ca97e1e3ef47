import { MIB } from '../base/units.ts';
import { bounded, seconds } from './setting-types.ts';
import type { Setting } from './setting-types.ts';

const FILES = 'Files';

/** Whole mebibytes in the setting, bytes in the config. */
const mebibytes = (lowest: number, highest: number) =>
  bounded(lowest, highest).transform((value) => value * MIB);

/** Settings of uploads. */
export const UPLOAD_SETTINGS = {
  SHOTGRAPH_UPLOAD_MAX_MIB: {
    group: FILES,
    description: 'Largest file, in MiB.',
    example: '10240',
    fallback: '10240',
    schema: mebibytes(1, 50_000),
  },
  SHOTGRAPH_UPLOAD_PART_MIB: {
    group: FILES,
    description:
      'A larger file for a field goes up in parts of this size, in MiB, or of a larger one where that would be more than 1000 parts. The address of each part is a call to ShotGrid; the storage takes no part below 5 MiB but the last.',
    example: '16',
    fallback: '16',
    schema: mebibytes(5, 1024),
  },
  SHOTGRAPH_UPLOAD_TTL_SECONDS: {
    group: FILES,
    description:
      'Longest time that an upload waits for its next step: another address, another transfer, its completion. After that it is over.',
    example: '86400',
    fallback: '86400',
    schema: seconds(60, 604_800),
  },
  SHOTGRAPH_UPLOAD_STREAMS: {
    group: FILES,
    description:
      'Files that may pass through at once, at all servers on one Redis together, from tools that cannot send them to the storage themselves. One person may have all but one of these places, or the only one; 0 allows none.',
    example: '4',
    fallback: '4',
    schema: bounded(0, 100),
  },
  SHOTGRAPH_UPLOAD_STREAM_SECONDS: {
    group: FILES,
    description: 'Longest time that such a file may take to pass through.',
    example: '3600',
    fallback: '3600',
    schema: seconds(10, 86_400),
  },
} as const satisfies Record<string, Setting>;
