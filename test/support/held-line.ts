import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as immediate } from 'node:timers/promises';

/** A call that is held on its way to the site, and then on its way back. */
export interface HeldCall {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  /** `before` the site has it, `after` the site has answered. */
  readonly state: 'before' | 'after' | 'over';
  /** Lets it go to the site. Resolves with the text of the answer, which is held. */
  pass(): Promise<string>;
  /** Lets the answer go on. */
  answer(): Promise<void>;
  /** Resolves once nobody waits for its answer any more. */
  left(): Promise<void>;
  /** The site never gets it: its connection breaks. */
  lose(): void;
}

/** Stands in front of a real site, passes tokens and checks on, and holds the rest until it is let go. */
export interface HeldLine {
  readonly url: string;
  /** All calls that came to be held, in order. */
  readonly calls: readonly HeldCall[];
  /** The call with this number from 0, once it is there. */
  call(index: number): Promise<HeldCall>;
  /** Lets everything go, from now on as well. */
  open(): Promise<void>;
  /** Holds from now on. */
  hold(): void;
  close(): Promise<void>;
}

/** Searches for people are those that a token begins with. */
const HELD = /\/entity\/(?!HumanUser)/u;

/** @param isHeld a call that is held, by its path; searches and changes of rows by default */
export async function startHeldLine(
  target: string,
  isHeld = (path: string) => HELD.test(path),
): Promise<HeldLine> {
  const calls: Held[] = [];
  let isHolding = true;
  const server = createServer((request, response) => {
    const take = async (): Promise<void> => {
      const call = new Held(target, request, response, Buffer.concat((await request.toArray()) as Buffer[]));
      const isKept = isHolding && isHeld(call.path);
      if (isKept) calls.push(call);
      else await call.answer();
    };
    take().catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    async call(index) {
      while (calls[index] === undefined) await immediate();
      return calls[index];
    },
    async open() {
      isHolding = false;
      await Promise.all(calls.map((call) => call.answer()));
    },
    hold() {
      isHolding = true;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

class Held implements HeldCall {
  state: HeldCall['state'] = 'before';
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly #send: () => Promise<Response>;
  readonly #response: ServerResponse;
  #passed: Promise<{ readonly text: string; readonly answer: Response }> | undefined;

  constructor(target: string, request: IncomingMessage, response: ServerResponse, body: Buffer) {
    const { authorization, 'content-type': type } = request.headers;
    this.method = request.method ?? 'GET';
    this.path = request.url ?? '/';
    this.body = body.toString('utf8');
    this.#response = response;
    const headers = { ...(authorization && { authorization }), ...(type && { 'content-type': type }) };
    this.#send = () =>
      fetch(new URL(this.path, target), {
        method: this.method,
        headers,
        ...(body.length > 0 && { body: new Uint8Array(body) }),
      });
  }

  async pass(): Promise<string> {
    return (await this.#pass()).text;
  }

  async answer(): Promise<void> {
    if (this.state === 'over') return;
    const { text, answer } = await this.#pass();
    this.state = 'over';
    const type = answer.headers.get('content-type') ?? '';
    this.#response.writeHead(answer.status, type === '' ? {} : { 'content-type': type }).end(text);
  }

  lose(): void {
    this.state = 'over';
    this.#response.destroy();
  }

  /** Resolves once nobody waits for the answer any more. */
  async left(): Promise<void> {
    if (!this.#response.closed) await once(this.#response, 'close');
  }

  #pass(): Promise<{ readonly text: string; readonly answer: Response }> {
    this.#passed ??= this.#send().then(async (answer) => {
      const text = await answer.text();
      this.state = 'after';
      return { text, answer };
    });
    return this.#passed;
  }
}
