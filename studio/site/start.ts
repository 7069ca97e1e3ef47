import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { checkSwitches } from './switches.ts';
import type { Site, SiteOptions } from './ports.ts';
import { composeSite } from './compose.ts';
import { KEEP_ALIVE_MS } from '../keep-alive.ts';

const LOOPBACK = '127.0.0.1';

/** Starts the emulated ShotGrid site on loopback; port 0 takes a free one. */
export async function startSite(options: SiteOptions): Promise<Site> {
  const host = options.host ?? LOOPBACK;
  const address = { origin: '' };
  const site = composeSite(
    { ...options, switches: checkSwitches(options.switches ?? {}) },
    () => address.origin,
  );
  const server = createServer(site.app);
  const keepAliveSeconds = options.switches?.['connection.keepAliveSeconds'];
  server.keepAliveTimeout = keepAliveSeconds === undefined ? KEEP_ALIVE_MS : Number(keepAliveSeconds) * 1000;
  server.listen(options.port, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  address.origin = `http://${host}:${port}`;
  try {
    await site.start(host);
  } catch (error) {
    server.close();
    throw error;
  }
  return {
    url: address.origin,
    storageUrl: site.storageUrl(),
    port,
    async close() {
      server.close();
      server.closeAllConnections();
      await site.close();
    },
  };
}
