import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the ports that systems give to connections and to servers that ask for any: none of those can come between. */
const LOWEST = 20_000;
const COUNT = 12_000;

let next = Math.floor(Math.random() * COUNT);

/** A port that nobody listens on, for servers whose address must be known before they start. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = LOWEST + next;
    next = (next + 1) % COUNT;
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const refused = once(server, 'error').then(() => false);
  const listening = once(server.listen(port, '127.0.0.1'), 'listening').then(() => true);
  const free = await Promise.race([refused, listening]);
  if (free) await new Promise((resolve) => server.close(resolve));
  return free;
}
