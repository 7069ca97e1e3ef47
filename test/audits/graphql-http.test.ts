import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serverAudits } from 'graphql-http';
import { BrowserClient } from '../support/browser-client.ts';
import { startStudio, type Studio } from '../support/studio.ts';

/**
 * Audits of the GraphQL-over-HTTP specification that we do not pass, each with the reason. None of them is a MUST.
 */
const REFUSED =
  'A document that is refused answers 400 for either media type (F1-F9), so that proxies and alarms see it. Clients read the errors in the body all the same.';
const ALLOWED: Readonly<Record<string, string>> = {
  '572B': REFUSED,
  FDE2: REFUSED,
  '7B9B': REFUSED,
};

/** Named here because the audits are made when the tests are collected, before any server runs. */
let studio: Studio;
let cookie: string;

describe('GraphQL over HTTP', () => {
  beforeAll(async () => {
    studio = await startStudio();
    const browser = new BrowserClient();
    await studio.launch(browser, 'mira', studio.mirasVersionIds.slice(0, 1));
    cookie = [...browser.cookies(`${studio.bffUrl}/graphql`)]
      .map(([name, value]) => `${name}=${value}`)
      .join('; ');
  });
  afterAll(() => studio.stop());

  const audits = serverAudits({
    url: () => `${studio.bffUrl}/graphql`,
    fetchFn: (url: string, init: RequestInit = {}) => {
      asked.push([url, init]);
      return ask(url, init);
    },
  });
  const asked: [string, RequestInit][] = [];
  /** What the browser of a signed-in person adds to a request of our own front end. */
  const ask = (url: string, init: RequestInit) =>
    fetch(url, {
      ...init,
      headers: {
        ...Object.fromEntries(new Headers(init.headers)),
        cookie,
        'sec-fetch-site': 'same-origin',
        'apollo-require-preflight': '1',
      },
    });

  it.each(audits.map(({ id, name, fn }) => [id, name, fn] as const))('%s %s', async (id, name, fn) => {
    const result = await fn();
    if ('response' in result) await result.response.body?.cancel();
    if (id in ALLOWED) {
      // One that passes now no longer belongs in the list.
      expect(result.status).not.toBe('ok');
      expect(name).not.toMatch(/^MUST /u);
    } else {
      expect('reason' in result ? result.reason : 'ok').toBe('ok');
    }
  });

  it('makes a mutation sent in place of each query once, or refuses it and does nothing', async () => {
    const mutation = `mutation { updateVersion(id: ${studio.mirasVersionIds[0]}, input: { description: "audit" }) { id } }`;
    const made = async () =>
      (await studio.siteRequests()).filter(
        ({ method, path }) => method === 'PUT' && path.includes('/entity/'),
      );
    const outcomes = new Set<string>();
    // Of a request that the audits make as they like, the document alone is changed.
    const inBody = (text: string) => text.replaceAll(/\{ *__typename *\}/gu, mutation.replaceAll('"', '\\"'));
    const inUrl = (text: string) =>
      text.replaceAll(/%7B(?:\+|%20)*__typename(?:\+|%20)*%7D/giu, encodeURIComponent(mutation));
    for (const [url, init] of asked) {
      // Each by itself: what one wrote is not another's.
      await studio.forgetSiteRequests();
      const body = typeof init.body === 'string' ? inBody(init.body) : init.body;
      const answer = await ask(inUrl(url), { ...init, ...(body !== undefined && { body }) });
      const { data } = (await answer.json()) as { data?: { updateVersion?: object | null } };
      const isMade = typeof data?.updateVersion === 'object' && data.updateVersion !== null;
      expect([url, init.body, (await made()).length]).toEqual([url, init.body, isMade ? 1 : 0]);
      outcomes.add(`${answer.status} ${isMade}`);
    }
    expect([...outcomes].sort()).toEqual(expect.arrayContaining(['200 true', '400 false', '405 false']));
    expect(outcomes).not.toContain('406 true');
  });

  it('lists only audits that exist', () => {
    const ids = new Set(audits.map(({ id }) => id));
    expect(Object.keys(ALLOWED).filter((id) => !ids.has(id))).toEqual([]);
  });
});
