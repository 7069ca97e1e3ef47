import { BrowserClient } from './browser-client.ts';
import { type Files, mapOf } from './operation-lists.ts';
import type { Studio } from './studio.ts';

export const ROOM = `query Room($id: ID!, $coded: Boolean = true) {
  launch(id: $id) { selected { ...Card } }
  viewer { login }
}
fragment Card on Version { id code @include(if: $coded) }`;
export const OTHER = 'query Other { versions(first: 1) { nodes { code } } }';
export const WRITE =
  'mutation Write($id: Int!) { updateVersion(id: $id, input: { description: "first" }) { id } }';

export interface Asking {
  readonly query?: string;
  readonly operationName?: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  /** The launch of the header; none if it is null. */
  readonly launchId?: string | null;
  readonly at?: Studio;
  readonly by?: BrowserClient;
}

export interface Answer {
  readonly data?: { readonly launch: { readonly selected: readonly { readonly code: string }[] } };
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[];
  readonly extensions?: {
    readonly plan: { readonly waves: number; readonly calls: readonly { readonly kind: string }[] };
  };
}

/** A server whose menu item begins these operations. */
export async function settingsOf(files: Files, firsts: string): Promise<Readonly<Record<string, string>>> {
  const list = await files.write('review.json', mapOf(ROOM, OTHER, WRITE));
  const config = await files.write(
    'shotgraph.yml',
    `amis: { review: { secrets: ['\${SHOTGRAPH_AMI_SECRET_REVIEW}'], opens: /apps/review/, first: ${firsts} } }
apps: { review: { directory: ., operations: ${list} } }
`,
  );
  return { SHOTGRAPH_CONFIG: config, SHOTGRAPH_METRICS_PORT: '0' };
}

export async function signIn(studio: Studio, login: string): Promise<BrowserClient> {
  const browser = new BrowserClient();
  const page = await browser.get(`${studio.bffUrl}/auth/login?returnTo=/`);
  await browser.post(page.url, { form: { login } });
  return browser;
}

export async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Searches of Versions that the site has answered. */
export const searchesAt = async (studio: Studio): Promise<number> =>
  (await studio.siteRequests()).filter(({ path }) => path.includes('/Version')).length;

/** A click, up to the address of the page. */
export async function clickAt(studio: Studio, browser: BrowserClient, login = 'mira'): Promise<string> {
  await studio.forgetSiteRequests();
  const page = await studio.launch(browser, login, studio.mirasVersionIds.slice(0, 2));
  return new URL(page.url).searchParams.get('launch') ?? '';
}

export async function askAs(
  by: BrowserClient,
  at: Studio,
  launchId: string,
  asking: Asking = {},
): Promise<Answer> {
  const { query = ROOM, variables = { id: launchId }, operationName } = asking;
  const header = asking.launchId === undefined ? launchId : asking.launchId;
  const answer = await by.post(`${at.bffUrl}/apps/review/graphql`, {
    json: { query, variables, ...(operationName !== undefined && { operationName }) },
    from: 'same-origin',
    headers: header === null ? {} : { 'x-shotgraph-launch': header },
  });
  return JSON.parse(answer.body) as Answer;
}
