import { bounded, flag, list, numberByRole, onOff } from './setting-types.ts';
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
    description:
      'Search for lists of links in parallel with their parents, in the same wave, if the plan knows how to find them. Off: search for them after the parents.',
    example: 'on',
    fallback: 'on',
    schema: onOff,
  },
  SHOTGRAPH_PLAN_BESIDE_PARENTS: {
    group: PLANNING,
    description:
      'Most parents whose lists of links are searched for beside them. If there are more, the lists are read after them.',
    example: '500',
    fallback: '500',
    schema: bounded(1, 5000),
  },
  SHOTGRAPH_PLAN_BESIDE_LEVELS: {
    group: PLANNING,
    description: 'Levels of lists within lists that are searched for beside the rows at the top.',
    example: '3',
    fallback: '3',
    schema: bounded(1, 8),
  },
  SHOTGRAPH_PLAN_BESIDE_ROWS: {
    group: PLANNING,
    description: 'Most rows that one such search brings; what is not among them is read after the parents.',
    example: '2000',
    fallback: '2000',
    schema: bounded(1, 5000),
  },
  SHOTGRAPH_PLAN_MAX_SEARCHES: {
    group: PLANNING,
    description:
      'Searches that one request may need, counted before the first is made; each field of a mutation is counted before it is made.',
    example: '100',
    fallback: '100',
    schema: bounded(1, 1000),
  },
  SHOTGRAPH_PLAN_MAX_SEARCHES_BY_ROLE: {
    group: PLANNING,
    description: 'The same for the people of single permission roles of ShotGrid, comma separated.',
    example: 'Vendor=20,Manager=300',
    fallback: '',
    schema: numberByRole(1, 1000),
  },
  SHOTGRAPH_PLAN_SHOWN: {
    group: PLANNING,
    description:
      'Show in extensions.plan of an answer which calls were made, in which waves: on, off, or auto: in development only.',
    example: 'auto',
    fallback: 'auto',
    schema: flag,
  },
  SHOTGRAPH_PLAN_SHOWN_TO: {
    group: PLANNING,
    description: 'Permission roles of ShotGrid whose people always see it, comma separated.',
    example: 'Admin',
    fallback: '',
    schema: list,
  },
} as const satisfies Record<string, Setting>;
