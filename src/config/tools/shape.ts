import { z } from 'zod';

/** What `shotgraph.yml` says of tools and the documents that they ask. */

export const NAME = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/u, 'must be lower-case letters, digits and dashes');

export const DOCUMENTS = z.enum(['any', 'log', 'only'], { error: 'must be any, log or only' });

const OPERATION_NAME = z.string().regex(/^[_A-Za-z][_0-9A-Za-z]*$/u, 'must be the name of an operation');

/** Clocks may differ by half of it. */
const MIN_AUTH_AGE_SECONDS = 60;
const MAX_AUTH_AGE_SECONDS = 86_400;
const MAX_SEARCHES = 1000;

const RULE = z.strictObject({
  maxAuthAgeSeconds: z
    .int()
    .min(MIN_AUTH_AGE_SECONDS)
    .max(MAX_AUTH_AGE_SECONDS)
    .optional()
    .describe('It needs a sign-in at the provider that is no older, by the auth_time of the token.'),
  maxSearches: z
    .int()
    .min(1)
    .max(MAX_SEARCHES)
    .optional()
    .describe('Searches that it may need, where that is less than the person may make.'),
});

/** The part of a tool that apps, scripts and services have alike. */
export const ASKING = {
  operations: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Its operations: a folder with .graphql files, or a manifest that client-preset, relay-compiler or generate-persisted-query-manifest has written. Relative to this file.',
    ),
  documents: DOCUMENTS.optional().describe(
    'any, log or only: what is done with documents that are not among its operations.',
  ),
  rules: z.record(OPERATION_NAME, RULE).default({}).describe('What single operations need, by their names.'),
};

export const TOOL = z.strictObject({
  ...ASKING,
  clients: z
    .array(z.string().min(1))
    .min(1, 'needs the id of a client')
    .optional()
    .describe(
      'Ids of the clients that its tokens are issued to (client_id or azp); the name of the tool where this is left out.',
    ),
});

/** A page that asks more than these at once waits for its turn at the site anyway. */
const MAX_FIRSTS = 5;

/** What the page of a menu item asks first. */
export const FIRST = z
  .union([OPERATION_NAME, z.array(OPERATION_NAME)], {
    error: 'must be the name of an operation, or a list of names',
  })
  .default([])
  .transform((given) => [given].flat())
  .refine(({ length }) => length <= MAX_FIRSTS, `may name ${MAX_FIRSTS} operations`)
  .refine((names) => new Set(names).size === names.length, 'names an operation twice');
