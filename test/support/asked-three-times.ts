import type { BrowserClient } from './browser-client.ts';
import type { SiteRows } from './site-rows.ts';
import { steadyText } from './steady-text.ts';
import type { GraphqlAnswer, Studio } from './studio.ts';

export interface Request {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName?: string;
}

/** What one use of a document did, as far as it may not differ from what another does. */
export interface Use {
  readonly data: unknown;
  readonly errors: unknown;
  /** Each call and the wave that it went in, as the answer tells it. */
  readonly plan: unknown;
  readonly calls: readonly string[];
  /** What the site noted of each value that was changed. */
  readonly events: readonly unknown[];
  /** The rows that were changed, as they are afterwards. */
  readonly rows: readonly unknown[];
}

export interface Asking {
  readonly studio: Studio;
  readonly browser: BrowserClient;
  readonly siteRows: SiteRows;
}

/** Puts the site back as it was at the start. */
export const putBack = async ({ siteUrl }: Studio): Promise<void> =>
  void (await fetch(`${siteUrl}/__studio/reset`, { method: 'POST' }));

/** Sends one request through the whole server, and looks at what it did. */
export async function use({ studio, browser, siteRows }: Asking, request: Request): Promise<Use> {
  await studio.forgetSiteRequests();
  const { body } = await browser.post(`${studio.bffUrl}/graphql`, { json: request, from: 'same-origin' });
  const calls = (await studio.siteRequests()).filter(
    // The server follows the events of menu items by itself, whenever it likes.
    ({ path, actingAs }) =>
      !path.includes('/auth/') && !(path.includes('/EventLogEntry/') && actingAs === 'shotgraph'),
  );
  const { events, rows } = await siteRows.changed();
  const { data, errors, extensions } = JSON.parse(steadyText(body, studio.siteUrl)) as Answer;
  const invalid = errors?.find(({ extensions: { code } }) => code === 'GRAPHQL_VALIDATION_FAILED');
  if (invalid !== undefined)
    throw new Error(`not a document of this schema: ${invalid.message}\n${request.query}`);
  return {
    data,
    errors: errors?.map(({ path, extensions: { code, details } }) => ({ path, code, ...told(details) })),
    plan: extensions?.plan?.calls.map(({ kind, type, wave }) => ({ kind, type, wave })),
    calls: calls
      .map(({ method, path, actingAs, status }) => `${status} ${method} ${path} as ${actingAs}`)
      .sort(),
    events,
    rows,
  };
}

interface Answer extends GraphqlAnswer {
  readonly extensions?: {
    readonly plan?: {
      readonly calls: readonly { readonly kind: string; readonly type: string; readonly wave: number }[];
    };
  };
}

/** Not the place of a wrong value: it has the variable's name where there is one. */
const told = (details: Readonly<Record<string, unknown>> = {}): object => ({
  outcome: details['outcome'],
  searches: details['searches'],
});
