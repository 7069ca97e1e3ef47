import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A way to a server that can swallow what is sent on the connections that it has, as a lost host does: nothing is closed. */
export interface BlackHole {
  readonly port: number;
  /** How many connections were taken. */
  readonly taken: number;
  /** Swallows what goes over the connections that there are; new ones are served. */
  swallow(): void;
  /** New connections are taken and never answered, until `false` is said. */
  takeSilently(isSilent: boolean): void;
  close(): Promise<void>;
}

export async function startBlackHole(port: number): Promise<BlackHole> {
  const pairs = new Set<{ readonly near: Socket; readonly far: Socket }>();
  let taken = 0;
  let isSilent = false;
  const hush = ({ near, far }: { readonly near: Socket; readonly far: Socket }): void => {
    near.unpipe(far);
    far.unpipe(near);
    near.resume();
    far.resume();
  };
  const server = createServer((near) => {
    taken += 1;
    const far = connect(port, '127.0.0.1');
    const pair = { near, far };
    pairs.add(pair);
    near.pipe(far);
    far.pipe(near);
    if (isSilent) hush(pair);
    near.on('error', () => far.destroy());
    far.on('error', () => near.destroy());
    near.on('close', () => {
      far.destroy();
      pairs.delete(pair);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    get taken() {
      return taken;
    },
    swallow: () => pairs.forEach(hush),
    takeSilently(value) {
      isSilent = value;
    },
    async close() {
      for (const { near, far } of pairs) {
        near.destroy();
        far.destroy();
      }
      server.close();
      await once(server, 'close');
    },
  };
}
