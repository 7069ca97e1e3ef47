import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Site } from '../../studio/site/ports.ts';
import { startSite } from '../../studio/site/start.ts';
import { type Exchange, normalised, recordedCases, recordedDataset, SCRIPT } from '../support/recordings.ts';

/** State of that one site which the emulator does not have: how many rows, how reviews are set up. */
const SITE_STATE: Readonly<Record<string, readonly string[]>> = {
  '/api/v1/preferences': ['view_master_settings', 'creative_review_settings'],
  '/api/v1/entity/Asset/_summarize': ['summaries'],
};

describe('the emulated site answers as a real site did', () => {
  let site: Site;
  let token: string;
  beforeAll(async () => {
    site = await startSite({ port: 0, dataset: recordedDataset() });
    const form = { grant_type: 'client_credentials', client_id: SCRIPT.name, client_secret: SCRIPT.key };
    const answer = await fetch(`${site.url}/api/v1/auth/access_token`, {
      method: 'POST',
      body: new URLSearchParams(form),
    });
    token = ((await answer.json()) as { access_token: string }).access_token;
  });
  afterAll(() => site?.close());

  const send = async ({ request }: Exchange, uri: string) => {
    const headers: Record<string, string> = { authorization: `Bearer ${token}` };
    if (request.contentType !== null) headers['content-type'] = request.contentType;
    const body = request.body === null ? {} : { body: JSON.stringify(request.body) };
    const answer = await fetch(site.url + uri, { method: request.method, headers, ...body });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? null : (JSON.parse(text) as unknown) };
  };

  it.each([...recordedCases()])('%s', async (_, exchanges) => {
    /** Id of a row here -> its id in the recording. */
    const ids = new Map<number, number>();
    for (const exchange of exchanges) {
      let { uri } = exchange.request;
      for (const [given, recorded] of ids) uri = uri.replace(`/${recorded}`, `/${given}`);
      const answer = await send(exchange, uri);
      expect(answer.status).toBe(exchange.response.status);
      if (answer.status === 201) ids.set(idOf(answer.body), idOf(exchange.response.body));
      const stateful = SITE_STATE[uri] ?? [];
      const [got, wanted] = [normalised(answer.body, ids), normalised(exchange.response.body, new Map())].map(
        (body) => without(body, stateful),
      );
      // The order of keys counts too: JSON text is compared.
      expect(JSON.stringify(got, null, 1)).toBe(JSON.stringify(wanted, null, 1));
    }
  });
});

const idOf = (body: unknown): number => (body as { data: { id: number } }).data.id;

function without(body: unknown, names: readonly string[]): unknown {
  if (body === null) return body;
  const { data, ...rest } = body as { data?: Record<string, unknown> };
  if (names.length === 0 || data === undefined) return body;
  return {
    data: Object.fromEntries(Object.entries(data).filter(([name]) => !names.includes(name))),
    ...rest,
  };
}
