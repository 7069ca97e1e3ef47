import { type ErrorRule, rule } from './error-rule.ts';

/** The part of the table of errors that is about what is kept. */
export const STORE_ERRORS = {
  UNAVAILABLE: rule(503, 'info', 'A part of this server is not available. Try again in a moment.'),
  LAUNCHES_FULL: rule(
    503,
    'error',
    'This server keeps as many launches as its memory may hold, so yours was not kept. Tell an administrator, who can raise SHOTGRAPH_LAUNCH_MEMORY_MIB, and choose the menu item again later.',
  ),
} as const satisfies Record<string, ErrorRule>;

/** The part of the table of errors that is about other systems of the studio. */
export const SYSTEM_ERRORS = {
  SYSTEM_UNAVAILABLE: rule(
    503,
    'info',
    'Another system of the studio is not available at the moment. What does not come from it is not affected. Try again later.',
  ),
  SYSTEM_TIMEOUT: rule(
    504,
    'info',
    'Another system of the studio takes too long. What does not come from it is not affected. Try again later.',
  ),
  STEP_UP: rule(
    403,
    'info',
    'Another system of the studio asks for a stronger sign-in. Open the loginUrl of the details, then try again.',
  ),
  SYSTEM_TOKEN: rule(
    403,
    'warn',
    'The sign-in service gives this server no token of yours for another system of the studio, so that system was not asked. An administrator has to allow it; "shotgraph doctor" says more.',
  ),
  SYSTEM_REFUSED: rule(
    403,
    'warn',
    'Another system of the studio does not accept your sign-in from this server. Ask its administrator for access.',
  ),
  SYSTEM_REJECTED: rule(
    422,
    'info',
    'Another system of the studio refused this. Check what you asked it to do.',
  ),
  SYSTEM_BROKEN: rule(
    502,
    'info',
    'Another system of the studio gave no usable answer. Tell an administrator the request id.',
  ),
} as const satisfies Record<string, ErrorRule>;

/** The part of it that is about documents and the lists of tools. */
export const DOCUMENT_ERRORS = {
  DOCUMENT_UNKNOWN: rule(
    400,
    'info',
    'Nothing was done: this server runs listed documents only, and this one is on no list. Reload the page. If that does not help, an administrator has to deploy the operations of the tool together with it.',
  ),
  // Clients know this answer by its status and its message, and send the text of the document.
  PERSISTED_QUERY_NOT_FOUND: rule(200, 'debug', 'PersistedQueryNotFound'),
} as const satisfies Record<string, ErrorRule>;
