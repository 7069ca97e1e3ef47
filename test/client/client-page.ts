import { type Client, type ClientOptions, createClient } from '../../clients/typescript/src/client.ts';
import type { BrowserClient } from '../support/browser-client.ts';
import type { Studio } from '../support/studio.ts';

/** The client of a page that a studio serves, in the browser of a person who is signed in, and what it has sent. */
export interface ClientPage {
  readonly client: Client;
  readonly sent: readonly { readonly body: Readonly<Record<string, unknown>>; readonly headers: Headers }[];
  /** Somebody else signs in at the browser of this page. */
  readonly signInOver: (browser: BrowserClient) => void;
}

export function pageOf(
  studio: Studio,
  signedInAtFirst: BrowserClient,
  options: Omit<ClientOptions, 'fetch'> = {},
): ClientPage {
  const sent: { body: Record<string, unknown>; headers: Headers }[] = [];
  let browser = signedInAtFirst;
  return {
    sent,
    signInOver(other) {
      browser = other;
    },
    client: createClient({
      server: studio.bffUrl,
      ...options,
      async fetch(url, { method = 'GET', body, headers } = {}) {
        if (typeof url !== 'string') throw new Error('The client asks by texts.');
        const all = new Headers(headers);
        const request = { method, from: 'same-origin', headers: Object.fromEntries(all) } as const;
        if (typeof body !== 'string') return answerOf(await browser.visit(url, request));
        const json = JSON.parse(body) as Record<string, unknown>;
        sent.push({ body: json, headers: all });
        return answerOf(await browser.visit(url, { ...request, json }));
      },
    }),
  };
}

const answerOf = ({ status, body }: { readonly status: number; readonly body: string }): Response =>
  new Response(body, { status });
