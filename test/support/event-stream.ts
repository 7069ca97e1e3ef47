import type { BrowserClient } from './browser-client.ts';

export interface StreamedEvent {
  readonly name: string;
  readonly data: Readonly<Record<string, string>>;
}

/** What a page hears from `GET /auth/session/events`, as its `EventSource` would. */
export interface EventStream {
  readonly status: number;
  readonly headers: Headers;
  /** The next event; undefined where the server has closed the stream. */
  next(): Promise<StreamedEvent | undefined>;
  /** The page is closed. */
  close(): void;
}

export interface StreamOptions {
  /** What the browser says about the page that asks. */
  readonly site?: 'same-origin' | 'cross-site';
}

export async function openEventStream(
  bffUrl: string,
  browser: BrowserClient,
  { site = 'same-origin' }: StreamOptions = {},
): Promise<EventStream> {
  const closing = new AbortController();
  const answer = await fetch(`${bffUrl}/auth/session/events`, {
    headers: {
      accept: 'text/event-stream',
      cookie: browser.cookieHeader(bffUrl),
      'sec-fetch-site': site,
      'sec-fetch-dest': 'empty',
    },
    signal: closing.signal,
  });
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const block = async (): Promise<string | undefined> => {
    for (let end = text.indexOf('\n\n'); ; end = text.indexOf('\n\n')) {
      if (end >= 0) {
        const found = text.slice(0, end);
        text = text.slice(end + 2);
        return found;
      }
      const { value, done } = await reader.read();
      if (done) return undefined;
      text += value;
    }
  };
  return {
    status: answer.status,
    headers: answer.headers,
    async next() {
      for (let found = await block(); found !== undefined; found = await block()) {
        const fields = new Map(found.split('\n').map((line) => line.split(/: (.*)/u) as [string, string]));
        const name = fields.get('event');
        if (name !== undefined) return { name, data: JSON.parse(fields.get('data') ?? '{}') as {} };
      }
      return undefined;
    },
    close: () => closing.abort(),
  };
}
