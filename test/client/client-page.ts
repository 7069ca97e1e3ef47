import { type Client, type ClientOptions, createClient } from '../../clients/typescript/src/client.ts';
import { BrowserClient } from '../support/browser-client.ts';
import type { Studio } from '../support/studio.ts';

/** The client of a page that a studio serves, in the browser of a person who is signed in, and what it has sent. */
export interface ClientPage {
  readonly client: Client;
  readonly sent: readonly { readonly body: Readonly<Record<string, unknown>>; readonly headers: Headers }[];
}

export async function signedIn(studio: Studio, login: string): Promise<BrowserClient> {
  const browser = new BrowserClient();
  await studio.launch(browser, login, studio.mirasVersionIds.slice(0, 1));
  return browser;
}

export function pageOf(
  studio: Studio,
  browser: BrowserClient,
  options: Omit<ClientOptions, 'fetch'> = {},
): ClientPage {
  const sent: { body: Record<string, unknown>; headers: Headers }[] = [];
  return {
    sent,
    client: createClient({
      server: studio.bffUrl,
      ...options,
      async fetch(url, { body, headers } = {}) {
        if (typeof url !== 'string' || typeof body !== 'string') throw new Error('The client sends texts.');
        const json = JSON.parse(body) as Record<string, unknown>;
        const all = new Headers(headers);
        sent.push({ body: json, headers: all });
        const request = { json, from: 'same-origin', headers: Object.fromEntries(all) } as const;
        const { status, body: text } = await browser.post(url, request);
        return new Response(text, { status });
      },
    }),
  };
}
