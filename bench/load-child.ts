import { Pool } from 'undici';

/** Sends so many requests over kept connections, in a process of its own: a slow client would be measured with the server. */
const [, , url = '', body = '', requests = '0', connections = '8', cookie = ''] = process.argv;
const { origin, pathname: path } = new URL(url);
const pool = new Pool(origin, { connections: Number(connections), pipelining: 1 });
let left = Number(requests);
const startedAt = performance.now();
await Promise.all(
  Array.from({ length: Number(connections) }, async () => {
    while (left > 0) {
      left -= 1;
      const signedIn = { cookie, 'sec-fetch-site': 'same-origin' };
      const headers = { 'content-type': 'application/json', ...(cookie !== '' && signedIn) };
      const answer = await pool.request({ method: 'POST', path, headers, body });
      await answer.body.arrayBuffer();
      if (answer.statusCode !== 200) throw new Error(`The server answered ${answer.statusCode}.`);
    }
  }),
);
process.send?.({ seconds: (performance.now() - startedAt) / 1000 });
await pool.close();
process.disconnect();
