import { demoDataset } from '../../studio/site/demo/dataset.ts';
import type { SiteOptions } from '../../studio/site/ports.ts';
import { startSite } from '../../studio/site/start.ts';

import { controlOf, type SiteControl } from './site-control.ts';

const HASH = 'application/vnd+shotgun.api3_hash+json';

/** What the site answered; the body is looked at, not relied on. */
export interface SiteAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any;
}

export interface SiteCaller {
  readonly bearer: string;
  call(
    method: string,
    path: string,
    body?: object,
    headers?: Readonly<Record<string, string>>,
  ): Promise<SiteAnswer>;
  /** By `_search` in the hash syntax, all conditions holding. */
  search(types: string, fields: string, ...conditions: readonly unknown[]): Promise<SiteAnswer>;
}

export interface OpenSite {
  readonly url: string;
  /** Now, as the site sees it: starts at the machine's time and stands still unless moved. */
  readonly clock: { ms: number };
  /** The script acting as the person of this login; with null as itself. */
  as(login: string | null, sessionUuid?: string): Promise<SiteCaller>;
  token(fields: Readonly<Record<string, string>>): Promise<Response>;
  readonly control: SiteControl;
  close(): Promise<void>;
}

/** An emulated site on a free port, asked over HTTP as anybody. */
export async function openSite(options: Partial<SiteOptions> = {}): Promise<OpenSite> {
  const clock = { ms: Date.now() };
  const site = await startSite({ port: 0, dataset: demoDataset(), now: () => clock.ms, ...options });
  const token: OpenSite['token'] = (fields) =>
    fetch(`${site.url}/api/v1/auth/access_token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: 'shotgraph',
        client_secret: 'demo-script-key',
        ...fields,
      }),
    });
  return {
    url: site.url,
    clock,
    token,
    control: controlOf(site.url),
    close: () => site.close(),
    async as(login, sessionUuid) {
      const minted = await token({
        ...(login !== null && { scope: `sudo_as_login:${login}` }),
        ...(sessionUuid !== undefined && { session_uuid: sessionUuid }),
      });
      const { access_token: bearer } = (await minted.json()) as { access_token: string };
      return callerWith(site.url, bearer);
    },
  };
}

function callerWith(url: string, bearer: string): SiteCaller {
  const call: SiteCaller['call'] = async (method, path, body, headers = {}) => {
    const answer = await fetch(`${url}/api/v1${path}`, {
      method,
      redirect: 'manual',
      headers: {
        authorization: `Bearer ${bearer}`,
        ...(body && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, text, body: parsed(text) };
  };
  return {
    bearer,
    call,
    search: (types, fields, ...conditions) =>
      call(
        'POST',
        `/entity/${types}/_search`,
        { filters: { logical_operator: 'and', conditions }, fields, sort: 'id' },
        { 'content-type': HASH },
      ),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
