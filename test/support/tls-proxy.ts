import { once } from 'node:events';
import { request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { generate } from 'selfsigned';

/** PEM texts; who shall believe the certificate has to be told of it. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** For `localhost` and `127.0.0.1`, as a studio's own authority would make one. */
export async function makeCertificate(): Promise<Certificate> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], {
    algorithm: 'sha256',
    extensions: [
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  return { cert, key };
}

export interface TlsProxy {
  readonly port: number;
  /** Where requests go from now on: the server behind may start later than its address is needed. */
  leadTo(port: number): void;
  close(): Promise<void>;
}

const BAD_GATEWAY = 502;

/** What stands in front of servers in production: ends TLS, passes all else on and says who asked. */
export async function startTlsProxy(certificate: Certificate): Promise<TlsProxy> {
  let target = 0;
  const server = createServer(certificate, (request, response) => pass(request, response, target));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    leadTo(port) {
      target = port;
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function pass(incoming: IncomingMessage, response: ServerResponse, port: number): void {
  const { method, url, headers, socket } = incoming;
  const known = { 'x-forwarded-for': socket.remoteAddress, 'x-forwarded-proto': 'https' };
  const outgoing = forward(
    { host: '127.0.0.1', port, method, path: url, headers: { ...headers, ...known } },
    (answer) => {
      response.writeHead(answer.statusCode ?? BAD_GATEWAY, answer.headers);
      answer.pipe(response);
    },
  );
  outgoing.once('error', () => response.writeHead(BAD_GATEWAY).end());
  incoming.pipe(outgoing);
}
