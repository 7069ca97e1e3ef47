import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What happens to the next POST on its way. */
export type LineFault =
  | { readonly kind: 'lostBefore' | 'lostAfter' }
  /** The system never hears of it. */
  | { readonly kind: 'answeredBefore'; readonly status: number }
  /** The system has done its work, and somebody on the way answers something else. */
  | { readonly kind: 'answeredAfter'; readonly body: string; readonly status?: number };

export interface FaultyLine {
  readonly port: number;
  next(fault: LineFault): void;
  /** Nobody listens. */
  cut(): Promise<void>;
  mend(): Promise<void>;
}

/** Stands in front of a real system and passes all on, except for the POST that meets a fault. */
export async function startFaultyLine(target: () => string): Promise<FaultyLine> {
  let due: LineFault | undefined;
  const server = createServer((request, response) => {
    const fault = request.method === 'POST' ? due : undefined;
    if (fault !== undefined) due = undefined;
    pass({ target: target(), request, response, fault }).catch(() => response.destroy());
  });
  const listen = async (port: number): Promise<number> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const port = await listen(0);
  return {
    port,
    next(fault) {
      due = fault;
    },
    async cut() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
    async mend() {
      await listen(port);
    },
  };
}

interface Passed {
  readonly target: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly fault: LineFault | undefined;
}

async function pass({ target, request, response, fault }: Passed): Promise<void> {
  const body = Buffer.concat((await request.toArray()) as Buffer[]);
  if (fault?.kind === 'lostBefore') return void response.destroy();
  if (fault?.kind === 'answeredBefore') return void response.writeHead(fault.status).end();
  const { authorization = '', 'content-type': type = '' } = request.headers;
  const answer = await fetch(new URL(request.url ?? '/', target), {
    method: request.method ?? 'GET',
    headers: { authorization, ...(type !== '' && { 'content-type': type }) },
    ...(body.length > 0 && { body }),
  });
  const text = await answer.text();
  if (fault?.kind === 'lostAfter') return void response.destroy();
  if (fault?.kind === 'answeredAfter') return void response.writeHead(fault.status ?? 200).end(fault.body);
  response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' }).end(text);
}
