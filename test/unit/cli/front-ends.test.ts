import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { freePort } from '../../../src/cli/dev/front-ends.ts';

describe('the port of a development server', () => {
  const taken = createServer();
  afterEach(() => taken.close());

  it('is the next one if the first is taken', async () => {
    // Ports of the range that freePort looks at: the first that is free is taken here.
    const first = await freePort(5200, '127.0.0.1');
    taken.listen(first, '127.0.0.1');
    await once(taken, 'listening');
    expect(await freePort(first, '127.0.0.1')).toBeGreaterThan(first);
  });

  it('is not looked for on a host where nothing can listen', async () => {
    await expect(freePort(5200, '192.0.2.1')).rejects.toThrow('EADDRNOTAVAIL');
  });
});
