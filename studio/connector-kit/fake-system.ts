import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** What a system was asked. */
export interface SystemAsked {
  /** Name of the system: `kit` for that of the connector. */
  readonly system: string;
  readonly method: string;
  /** Below the address of the settings. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** The parsed JSON; undefined where there was none. */
  readonly body: unknown;
  /** Login of the person whose token came along. */
  readonly person: string;
}

/** How the system behaves: `refusing` answers 403, `broken` a web page. */
export type SystemState = 'up' | 'down' | 'slow' | 'broken' | 'refusing';

export interface FakeSystem {
  readonly name: string;
  readonly url: string;
  state: SystemState;
  /** Throws what `answer` threw since it was looked at last: a mistake of the test, not of the connector. */
  assertAnswered(): void;
  close(): Promise<void>;
}

export const TOKEN_PREFIX = 'kit-token-of-';

/** A server on loopback that answers as it is told to, and adds what it was asked to `asked`. */
export async function startFakeSystem(
  name: string,
  asked: SystemAsked[],
  answer: (asked: SystemAsked) => Response | Promise<Response>,
): Promise<FakeSystem> {
  const server = createServer((request, response) => void handle(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const mistakes: unknown[] = [];
  const system: FakeSystem = {
    name,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    state: 'up',
    assertAnswered() {
      const [error] = mistakes.splice(0);
      if (error !== undefined) throw error;
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const given = { system: name, ...(await read(request)) };
    asked.push(given);
    if (system.state === 'slow') return;
    const answered = await answerIn(system.state, () => answer(given)).catch((error: unknown) => {
      mistakes.push(error);
      return new Response(null, { status: 500 });
    });
    const body = await answered.text();
    response
      .writeHead(answered.status, { 'content-type': answered.headers.get('content-type') ?? '' })
      .end(body);
  }
  return system;
}

async function answerIn(state: SystemState, answer: () => Response | Promise<Response>): Promise<Response> {
  if (state === 'down') return new Response(null, { status: 503 });
  if (state === 'refusing') return new Response('{"error":"no"}', { status: 403 });
  if (state === 'broken') return new Response('<h1>It works!</h1>');
  return answer();
}

async function read(request: IncomingMessage): Promise<Omit<SystemAsked, 'system'>> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://system');
  const body = await text(request);
  const token = (request.headers.authorization ?? '').replace('Bearer ', '');
  return {
    method: request.method ?? 'GET',
    path: pathname,
    query: Object.fromEntries(searchParams),
    body: body === '' ? undefined : (JSON.parse(body) as unknown),
    person: token.startsWith(TOKEN_PREFIX) ? token.slice(TOKEN_PREFIX.length) : '',
  };
}
