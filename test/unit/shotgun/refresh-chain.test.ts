import { beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../src/base/errors.ts';
import { createLogger } from '../../../src/base/logger.ts';
import {
  createRefreshChain,
  type RefreshChain,
  type RefreshChainDeps,
} from '../../../src/shotgun/acting/refresh-chain.ts';
import type { Transport } from '../../../src/shotgun/wire/transport.ts';
import { createLocks } from '../../../src/store/locks.ts';
import { createMemoryStore } from '../../../src/store/memory-store.ts';
import type { Store } from '../../../src/store/store.ts';
import { createVault } from '../../../src/store/vault.ts';
import { endless } from '../../support/endless.ts';
import { siteSettings } from '../../support/bent-site.ts';
import { duringLateWrite } from '../../support/late-write.ts';
import { login } from '../../support/test-shotgun.ts';

const LOCK_MS = 30;
const HOUR_MS = 3_600_000;
/** Longer than the site may take, in steps that a lock outlives where it is renewed. */
const STEPS = 20;
const logger = createLogger({ level: 'silent' });

let nowMs: number;
let store: Store;
/** Refresh tokens that came to the site. */
let sent: string[];
/** What the site waits for before it answers. */
let beforeAnswer: () => Promise<void>;
/** Resolves when a lock is renewed. */
let renewed: () => Promise<void>;
/** How many locks were given back. */
let givenBack: number;

const MIRA = login('mira');
const clock = { now: () => nowMs };

/** A site that takes each refresh token once, as it says (API 1.2). */
const transport = {
  inTime: (run) => run(new AbortController().signal),
  async send({ body }) {
    const text = body !== undefined && 'text' in body ? body.text : '';
    const refreshToken = new URLSearchParams(text).get('refresh_token') ?? '';
    const isFirst = !sent.includes(refreshToken);
    sent.push(refreshToken);
    await beforeAnswer();
    const next = { access_token: `access-${sent.length}`, expires_in: 600, refresh_token: `r${sent.length}` };
    return isFirst ? { status: 200, body: next } : { status: 401, body: {} };
  },
  close: async () => undefined,
} as Transport;

/** One process of several: they share the store alone. */
const startProcess = (more: Pick<RefreshChainDeps, 'writeWaitsMs' | 'stopping'> = {}): RefreshChain =>
  createRefreshChain({
    ...{ transport, clock, ...more },
    vault: createVault(store, [new Uint8Array(32)], { place: 'test' }),
    locks: createLocks({ store, logger, lockMs: LOCK_MS }),
    settings: siteSettings('https://site.example', { recheckMs: 300_000 }),
  });

beforeEach(() => {
  [nowMs, sent, givenBack] = [1_800_000_000_000, [], 0];
  beforeAnswer = async () => undefined;
  store = createMemoryStore(clock);
  const { replace, remove } = store;
  store.remove = async (...given) => {
    const isGiven = await remove.apply(store, given);
    if (given[0].startsWith('lock:')) givenBack += 1;
    return isGiven;
  };
  let wake = (): void => undefined;
  renewed = () => new Promise((resolve) => (wake = resolve));
  store.replace = async (...change) => {
    const isOwn = await replace.apply(store, change);
    if (change[0].startsWith('lock:')) wake();
    return isOwn;
  };
});

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

const begin = (process: RefreshChain): Promise<string> =>
  process.begin({ value: 'old', refreshToken: 'r0', renewFromMs: 0, renewAtMs: 0 }, HOUR_MS);

describe("a refresh token of a person's own account, which is good for one use", () => {
  it('is sent once, even if the site is slow and other callers request a token meanwhile', async () => {
    const [one, other] = [startProcess(), startProcess()];
    const chain = await begin(one);
    let others: Promise<unknown> = Promise.resolve();
    beforeAnswer = async () => {
      others = other.token(chain, MIRA);
      for (let step = 0; step < STEPS; step += 1) {
        await renewed();
        nowMs += LOCK_MS - 1;
      }
    };
    const first = await one.token(chain, MIRA);
    expect([first, await others]).toEqual([
      expect.objectContaining({ value: 'access-1' }),
      expect.objectContaining({ value: 'access-1' }),
    ]);
    expect(sent).toEqual(['r0']);
  });

  it('is sent once for a renewal before its time, though another process asks for the same a moment later', async () => {
    const [one, other] = [startProcess(), startProcess()];
    const chain = await one.begin(
      { value: 'old', refreshToken: 'r0', renewFromMs: 0, renewAtMs: nowMs + 1000 },
      HOUR_MS,
    );
    const usedUntilMs = nowMs + 1000;
    expect(await one.token(chain, MIRA)).toMatchObject({ value: 'old', renewFromMs: nowMs + 500 });
    expect(await one.token(chain, MIRA, usedUntilMs)).toMatchObject({ value: 'access-1' });
    expect(await other.token(chain, MIRA, usedUntilMs)).toMatchObject({ value: 'access-1' });
    expect(sent).toEqual(['r0']);
  });

  it.each([
    ['while the site is asked', 0],
    ['and the answer is not written yet, long after the store was away', 200_000],
  ])('is sent once, although the process that sends it loses its lock: %s', async (_, laterMs) => {
    const { replace } = store;
    // This process reaches the store no more, and so its lock ends.
    let isCut = false;
    let reconnect = (): void => undefined;
    const reconnected = new Promise<void>((resolve) => (reconnect = resolve));
    store.replace = async (...change) => {
      if (isCut) await reconnected;
      return replace.apply(store, change);
    };
    beforeAnswer = async () => {
      isCut = true;
    };
    const one = startProcess();
    const chain = await begin(one);
    const first = one.token(chain, MIRA);
    await until(() => isCut);
    nowMs += 2 * LOCK_MS + laterMs;
    const other = startProcess();
    const second = other.token(chain, MIRA);
    const again = one.token(chain, MIRA);
    await until(() => givenBack > 0);
    reconnect();
    const tokens = await Promise.all([first, second, again]);
    expect(tokens.map(({ value }) => value)).toEqual(['access-1', 'access-1', 'access-1']);
    expect(sent).toEqual(['r0']);
  });

  it('is taken over by another process once the one that sent it counts as dead', async () => {
    // The process is no more: it hears nothing, and renews nothing.
    beforeAnswer = () => endless();
    const { replace } = store;
    store.replace = (...change) =>
      change[0].startsWith('lock:') ? new Promise(() => undefined) : replace.apply(store, change);
    const dead = startProcess();
    const chain = await begin(dead);
    void dead.token(chain, MIRA).catch(() => undefined);
    await until(() => sent.length === 1);
    // The site never got it.
    sent = [];
    beforeAnswer = async () => undefined;
    nowMs += 2 * LOCK_MS;
    const other = startProcess();
    const taken = other.token(chain, MIRA);
    await until(() => givenBack > 0);
    expect(sent).toEqual([]);
    nowMs += HOUR_MS / 3;
    expect(await taken).toMatchObject({ value: 'access-1' });
    expect(sent).toEqual(['r0']);
  });

  it('whose answer cannot be written for long is written by its process once the store is back', async () => {
    const { replace } = store;
    let isAway = false;
    store.replace = async (...change) => {
      if (isAway && change[0].includes('own-chain:')) throw new AppError('UNAVAILABLE');
      return replace.apply(store, change);
    };
    beforeAnswer = async () => {
      isAway = true;
    };
    const one = startProcess({ writeWaitsMs: [] });
    const chain = await begin(one);
    await expect(one.token(chain, MIRA)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    isAway = false;
    // Nobody asks this process for the token again.
    expect(await startProcess().token(chain, MIRA)).toMatchObject({ value: 'access-1' });
    expect(sent).toEqual(['r0']);
  });

  it('is sent once, although a caller of its process asks while the answer is written late', async () => {
    const one = startProcess();
    const chain = await begin(one);
    const again = duringLateWrite(store, 'own-chain:', () => one.token(chain, MIRA));
    await expect(one.token(chain, MIRA)).rejects.toThrow('lost');
    expect(await again).toMatchObject({ value: 'access-1' });
    expect(sent).toEqual(['r0']);
  });

  it.each(['before', 'after'])(
    'is sent once, though the store fails %s the answer is written',
    async (when) => {
      const chains = startProcess();
      const chain = await begin(chains);
      const { replace } = store;
      let isBroken = true;
      store.replace = async (...change) => {
        if (!isBroken || !change[0].includes('own-chain:')) return replace.apply(store, change);
        isBroken = false;
        if (when === 'after') await replace.apply(store, change);
        throw new AppError('UNAVAILABLE');
      };
      expect(await chains.token(chain, MIRA)).toMatchObject({ value: 'access-1', refreshToken: 'r1' });
      expect(await startProcess().token(chain, MIRA)).toMatchObject({ value: 'access-1' });
      expect(sent).toEqual(['r0']);
    },
  );

  it('is written with its answer before the process that stops lets go of the store, and no other one is sent', async () => {
    const one = startProcess();
    const [chain, later] = [await begin(one), await begin(one)];
    let answer = (): void => undefined;
    beforeAnswer = () => new Promise((resolve) => (answer = resolve));
    const first = one.token(chain, MIRA);
    await until(() => sent.length === 1);
    const closed = one.close().then(() => 'closed');
    expect(await Promise.race([closed, new Promise((resolve) => setImmediate(resolve, 'open'))])).toBe(
      'open',
    );
    await expect(one.token(later, MIRA)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    answer();
    expect([await closed, await first]).toEqual(['closed', expect.objectContaining({ value: 'access-1' })]);
    expect(await startProcess().token(chain, MIRA)).toMatchObject({ value: 'access-1' });
    expect(sent).toEqual(['r0']);
  });

  it('is not sent before its time once the process stops', async () => {
    const stopping = new AbortController();
    const one = startProcess({ stopping: stopping.signal });
    const granted = { value: 'old', refreshToken: 'r0', renewFromMs: 0, renewAtMs: nowMs + 1000 };
    const chain = await one.begin(granted, HOUR_MS);
    stopping.abort();
    expect(await one.token(chain, MIRA, nowMs + 1000)).toMatchObject({ value: 'old' });
    expect(sent).toEqual([]);
    nowMs += 1000;
    expect(await one.token(chain, MIRA)).toMatchObject({ value: 'access-1' });
  });

  it('is not stored again if the account was forgotten during the refresh', async () => {
    const chains = startProcess();
    const chain = await begin(chains);
    beforeAnswer = () => chains.end(chain);
    await expect(chains.token(chain, MIRA)).rejects.toMatchObject({ code: 'OWN_ACCOUNT_REFUSED' });
    await expect(startProcess().token(chain, MIRA)).rejects.toMatchObject({ code: 'OWN_ACCOUNT_REFUSED' });
    expect(sent).toEqual(['r0']);
  });
});
