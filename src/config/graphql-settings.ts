import { bounded, flag, seconds } from './setting-types.ts';
import type { Setting } from './setting-types.ts';

const GRAPHQL = 'GraphQL';

/** What a document may be, and the limits of its pages; commands that read documents apply them too. */
export const DOCUMENT_SETTINGS = {
  SHOTGRAPH_GRAPHQL_INTROSPECTION: {
    group: GRAPHQL,
    description: 'on, off, or auto: on in development only.',
    example: 'auto',
    fallback: 'auto',
    schema: flag,
  },
  SHOTGRAPH_GRAPHQL_MAX_DEPTH: {
    group: GRAPHQL,
    description: 'Deepest nesting that a GraphQL document may have.',
    example: '16',
    fallback: '16',
    schema: bounded(4, 64),
  },
  SHOTGRAPH_GRAPHQL_MAX_ALIASES: {
    group: GRAPHQL,
    description: 'Most aliases that a GraphQL document may have.',
    example: '50',
    fallback: '50',
    schema: bounded(1, 1000),
  },
  SHOTGRAPH_GRAPHQL_MAX_TOKENS: {
    group: GRAPHQL,
    description: 'Most lexical tokens that a GraphQL document may have.',
    example: '5000',
    fallback: '5000',
    schema: bounded(100, 100_000),
  },
  SHOTGRAPH_GRAPHQL_MAX_ROOT_FIELDS: {
    group: GRAPHQL,
    description: 'Most root fields that a query may have. A mutation may always have at most 10.',
    example: '20',
    fallback: '20',
    schema: bounded(1, 200),
  },
  SHOTGRAPH_GRAPHQL_MAX_FIRST: {
    group: GRAPHQL,
    // A page is read with the row before it and the one after it, 5000 at most (API 2.11).
    description: 'Largest page of a list.',
    example: '1000',
    fallback: '1000',
    schema: bounded(1, 4998),
  },
  SHOTGRAPH_GRAPHQL_MAX_BATCH: {
    group: GRAPHQL,
    description:
      'Operations of one batch. The larger a batch, the longer ShotGrid takes for it, and the likelier it does not answer in time.',
    example: '200',
    fallback: '200',
    schema: bounded(1, 1000),
  },
} as const satisfies Record<string, Setting>;

/** Settings of the GraphQL endpoint. */
export const GRAPHQL_SETTINGS = {
  ...DOCUMENT_SETTINGS,
  SHOTGRAPH_GRAPHQL_TIMEOUT_SECONDS: {
    group: GRAPHQL,
    description: 'Longest time for one request. What has not been read by then is an error at its place.',
    example: '60',
    fallback: '60',
    schema: seconds(1, 600),
  },
  SHOTGRAPH_GRAPHQL_REQUESTS_PER_MINUTE: {
    group: GRAPHQL,
    description:
      'GraphQL requests per person and minute, over all sessions of the person and all servers on one Redis. A request counts once more for each 16 KiB of its body.',
    example: '600',
    fallback: '600',
    schema: bounded(1, 100_000),
  },
  SHOTGRAPH_GRAPHQL_COST_PER_MINUTE: {
    group: GRAPHQL,
    description:
      "What the GraphQL requests of one person may cost in a minute, over all sessions of the person and all servers on one Redis: 1 for each request with its first call to ShotGrid, 1 for each further call, and 1 more for each 500 rows that a call brings. The default is about what one person's share of the connections carries in a minute.",
    example: '1200',
    fallback: '1200',
    schema: bounded(1, 1_000_000),
  },
} as const satisfies Record<string, Setting>;
