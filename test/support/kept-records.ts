import { formatAmiTimestamp, signAmiFields } from '../../src/launch/ami-signature.ts';
import { BrowserClient } from './browser-client.ts';
import type { DumpedRecord } from './dumped-store.ts';
import type { KeptServer } from './kept-server.ts';
import { CANARIES, type GraphqlAnswer } from './studio.ts';

/** What the clients of a server hold, and what its store held at that moment. */
export interface Kept {
  readonly takenAtMs: number;
  /** Cookie headers. */
  readonly mira: string;
  readonly ada: string;
  /** Its answer of `GET /auth/session`. */
  readonly miraSession: unknown;
  /** Mira has opened it. */
  readonly claimedLaunch: string;
  /** A click of Mira in a browser in which nobody is signed in. */
  readonly waitingLaunch: { readonly id: string; readonly cookies: string; readonly form: string };
  readonly upload: string;
  readonly records: readonly DumpedRecord[];
}

const UPLOAD = `mutation ($id: Int!) {
  requestUpload(entity: { type: "Version", id: $id }, field: "sgUploadedMovie", fileName: "take.mov", sizeBytes: 6000000) { id }
}`;

/** People sign in, open launches, link an account and begin an upload: a record of each kind that lasts for minutes or more. */
export async function workOn(
  { url, issuer, miraId, versionIds }: KeptServer,
  now: () => number,
): Promise<Omit<Kept, 'records' | 'takenAtMs'>> {
  const [mira, ada, unknown] = [new BrowserClient(), new BrowserClient(), new BrowserClient()];
  const signIn = async (browser: BrowserClient, login: string): Promise<void> => {
    const page = await browser.get(`${url}/auth/login`);
    if (!page.url.startsWith(`${issuer}/`)) throw new Error(`no sign-in: ${page.status} ${page.url}`);
    await browser.post(page.url, { form: { login } });
  };
  const click = (browser: BrowserClient, form: string, redirects: 'follow' | 'stop') =>
    browser.post(`${url}/ami/review`, { form, redirects, from: 'cross-site' });
  /** Cookies know no ports: the provider's are sent here as well. */
  const ourCookies = (browser: BrowserClient): string =>
    [...browser.cookies(url)]
      .filter(([name]) => name.startsWith('__Host-'))
      .map(([name, value]) => `${name}=${value}`)
      .join('; ');
  await signIn(mira, 'mira');
  await signIn(ada, 'ada');
  const account = { returnTo: '/', login: 'ada', passphrase: 'ada-passphrase' };
  await ada.post(`${url}/auth/link/passphrase`, { form: account, from: 'same-origin' });
  const opened = await click(mira, clickOf(miraId, versionIds, now()), 'follow');
  const form = clickOf(miraId, versionIds.toReversed(), now());
  const landed = await click(unknown, form, 'stop');
  const launchPath = landed.headers.get('location') ?? '';
  await unknown.get(`${url}${launchPath}`, { redirects: 'stop' });
  const { data } = await askAs(url, ourCookies(mira), UPLOAD, { id: versionIds[0] });
  const session = await mira.get(`${url}/auth/session`, { from: 'same-origin' });
  return {
    mira: ourCookies(mira),
    ada: ourCookies(ada),
    miraSession: JSON.parse(session.body) as unknown,
    claimedLaunch: new URL(opened.url).searchParams.get('launch') ?? '',
    waitingLaunch: {
      ...{ id: launchPath.split('/').at(-1) ?? '', form },
      cookies: ourCookies(unknown),
    },
    upload: (data?.['requestUpload'] as { id: string }).id,
  };
}

/** Asks GraphQL with these cookies. */
export async function askAs(
  url: string,
  cookie: string,
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
): Promise<GraphqlAnswer> {
  const headers = { cookie, 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' };
  const body = JSON.stringify({ query, variables });
  return (await (await fetch(`${url}/graphql`, { method: 'POST', headers, body })).json()) as GraphqlAnswer;
}

function clickOf(userId: number, selectedIds: readonly number[], atMs: number): string {
  const fields = {
    user_id: String(userId),
    user_login: 'mira',
    title: 'All Versions',
    entity_type: 'Version',
    server_hostname: 'studio.example.com',
    page_id: '1353',
    session_uuid: 'd8592bd6-fc41-11e1-b2c5-000c297a5f50',
    cols: 'code',
    column_display_names: 'Version',
    ids: selectedIds.join(','),
    selected_ids: selectedIds.join(','),
    timestamp: formatAmiTimestamp(atMs),
  };
  const signature = signAmiFields(Object.entries(fields), CANARIES.amiSecret);
  return new URLSearchParams({ ...fields, signature }).toString();
}
