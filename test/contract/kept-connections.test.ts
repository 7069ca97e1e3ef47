import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { searchRows } from '../../src/shotgun/calls/search.ts';
import { createRecord } from '../../src/shotgun/calls/write.ts';
import type { ActingClient } from '../../src/shotgun/client/shotgun.ts';
import { createTestShotgun, login, searchOf, type TestShotgun } from '../support/test-shotgun.ts';

/** How the server treats a connection that has carried something already. */
type Habit = 'keeps it' | 'closes it on the next request' | 'resets it on the next request';

interface Site {
  /** Number of each connection that a request came on, by what was asked. */
  readonly came: { readonly what: 'token' | 'search' | 'create'; readonly on: number; isAnswered: boolean }[];
  readonly sockets: Socket[];
}

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  vi.useRealTimers();
  for (const close of open.splice(0).toReversed()) await close();
});

const ANSWERS = {
  token: [200, { access_token: tokenOf('mira'), expires_in: 600 }],
  search: [200, { data: [] }],
  create: [201, { data: { type: 'Note', id: 9 } }],
} as const;

function tokenOf(person: string): string {
  return `h.${Buffer.from(JSON.stringify({ sudo_as_login: person })).toString('base64url')}.s`;
}

/** @param saysSeconds what its header says of kept connections; nothing by default */
async function start(
  habit: Habit,
  saysSeconds?: number,
): Promise<Site & Pick<TestShotgun, 'log'> & { mira: ActingClient }> {
  const site: Site = { came: [], sockets: [] };
  const used = new Map<Socket, number>();
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { socket, url = '' } = request;
    const times = (used.get(socket) ?? 0) + 1;
    used.set(socket, times);
    const what = url.endsWith('/access_token') ? 'token' : url.endsWith('/_search') ? 'search' : 'create';
    const came = { what, on: site.sockets.indexOf(socket) + 1, isAnswered: false } as const;
    site.came.push(came);
    await request.toArray();
    if (times > 1 && habit === 'closes it on the next request') return void socket.destroy();
    if (times > 1 && habit === 'resets it on the next request') return void socket.resetAndDestroy();
    const [status, body] = ANSWERS[what];
    const says = saysSeconds === undefined ? {} : { 'keep-alive': `timeout=${saysSeconds}` };
    response.writeHead(status, { 'content-type': 'application/json', connection: 'keep-alive', ...says });
    response.end(JSON.stringify(body));
    Object.assign(came, { isAnswered: true });
  };
  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => void answer(request, response));
  server.on('connection', (socket) => site.sockets.push(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = createTestShotgun(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  open.push(() => closed(server), client.close);
  return { ...site, log: client.log, mira: client.shotgun.as(login('mira')) };
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

/** The client knows that a connection is free a moment after its answer. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const SEARCH = searchRows(searchOf('Shot'));
const WRITE = createRecord('Note', { subject: 'x' });

describe('a connection to the site', () => {
  it('is kept for minutes if the site sends no Keep-Alive header, since people pause', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { mira, sockets } = await start('keeps it');
    await mira.call(SEARCH);
    const before = sockets.length;
    vi.advanceTimersByTime(290_000);
    await settled();
    await mira.call(SEARCH);
    expect(sockets).toHaveLength(before);
  });

  it('is closed before the site closes it, if the site sends its time limit', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { mira, sockets } = await start('keeps it', 20);
    await mira.call(SEARCH);
    const before = [...sockets];
    vi.advanceTimersByTime(17_000);
    await settled();
    await mira.call(SEARCH);
    expect(sockets).toHaveLength(before.length);
    await settled();
    vi.advanceTimersByTime(18_000);
    for (const socket of before) if (!socket.closed) await once(socket, 'close');
    await mira.call(SEARCH);
    expect(sockets).toHaveLength(before.length + 1);
  });
});

describe.each(['closes it on the next request', 'resets it on the next request'] as const)(
  'where the site keeps a connection and %s',
  (habit) => {
    it('a read is sent again at once, and does not count as failed', async () => {
      const { mira, log, came } = await start(habit);
      await expect(mira.call(SEARCH)).resolves.toEqual([]);
      await expect(mira.call(SEARCH)).resolves.toEqual([]);
      expect(came.filter(({ isAnswered }) => isAnswered).map(({ what }) => what)).toEqual([
        'token',
        'search',
        'search',
      ]);
      expect(log.join('')).not.toContain('shotgrid call repeated');
    });

    it('many reads at once do not meet one such connection after another', async () => {
      const { mira, log } = await start(habit);
      const five = () => Promise.all(Array.from({ length: 5 }, () => mira.call(SEARCH)));
      await five();
      await expect(five()).resolves.toEqual([[], [], [], [], []]);
      expect(log.join('')).not.toContain('shotgrid call repeated');
    });

    it('a write uses no kept connection: it is sent once, and made', async () => {
      const { mira, came, sockets } = await start(habit);
      await mira.call(SEARCH);
      await expect(mira.call(WRITE)).resolves.toEqual({ type: 'Note', id: 9 });
      const its = sockets[(came.find(({ what }) => what === 'create')?.on ?? 0) - 1];
      if (its?.closed === false) await once(its, 'close');
      await expect(mira.call(WRITE)).resolves.toEqual({ type: 'Note', id: 9 });
      expect(came.filter(({ what }) => what === 'create')).toHaveLength(2);
    });
  },
);

it('a write uses a kept connection if the site states how long it keeps one', async () => {
  const { mira, came } = await start('keeps it', 60);
  await mira.call(WRITE);
  await settled();
  await mira.call(WRITE);
  const [first, second] = came.filter(({ what }) => what === 'create');
  expect(first?.on).toBe(second?.on);
});
