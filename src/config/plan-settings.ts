import { bounded, flag, onOff } from './setting-types.ts';
import type { Setting } from './setting-types.ts';

const PLANNING = 'Planned reads';

/** Settings of how reads are planned. */
export const PLAN_SETTINGS = {
  SHOTGRAPH_PLAN_PATHS: {
    group: PLANNING,
    description:
      'Read chains of single links as dotted paths in one search. Off: each level is a search of its own.',
    example: 'on',
    fallback: 'on',
    schema: onOff,
  },
  SHOTGRAPH_PLAN_BESIDE: {
    group: PLANNING,
    description: 'Search for lists of links beside their parents where those are known. Off: after them.',
    example: 'on',
    fallback: 'on',
    schema: onOff,
  },
  SHOTGRAPH_PLAN_MAX_SEARCHES: {
    group: PLANNING,
    description: 'Searches that one field of a query may need, counted before the first is made.',
    example: '40',
    fallback: '40',
    schema: bounded(1, 1000),
  },
  SHOTGRAPH_PLAN_SHOWN: {
    group: PLANNING,
    description:
      'Show in extensions.plan of an answer which calls were made, in which waves: on, off, or auto: in development only.',
    example: 'auto',
    fallback: 'auto',
    schema: flag,
  },
} as const satisfies Record<string, Setting>;
