import { beforeEach, describe, expect, it } from '@jest/globals';
import { AppError } from '../../../src/base/errors.ts';
import { createLogger } from '../../../src/base/logger.ts';
import { createRefreshChain, type RefreshChain } from '../../../src/shotgun/acting/refresh-chain.ts';
import type { Transport } from '../../../src/shotgun/wire/transport.ts';
import { createLocks } from '../../../src/store/locks.ts';
import { createMemoryStore } from '../../../src/store/memory-store.ts';
import type { Store } from '../../../src/store/store.ts';
import { createVault } from '../../../src/store/vault.ts';
import { siteSettings } from '../../support/bent-site.ts';
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
  onWaiting: () => undefined,
  close: async () => undefined,
} as Transport;

/** One process of several: they share the store alone. */
const startProcess = (): RefreshChain =>
  createRefreshChain({
    ...{ transport, clock },
    vault: createVault(store, [new Uint8Array(32)], { place: 'test' }),
    locks: createLocks({ store, logger, lockMs: LOCK_MS }),
    settings: siteSettings('https://site.example', { recheckMs: 300_000 }),
  });

beforeEach(() => {
  [nowMs, sent] = [1_800_000_000_000, []];
  beforeAnswer = async () => undefined;
  store = createMemoryStore(clock);
  const { replace } = store;
  let wake = (): void => undefined;
  renewed = () => new Promise((resolve) => (wake = resolve));
  store.replace = async (...change) => {
    const isOwn = await replace.apply(store, change);
    if (change[0].startsWith('lock:')) wake();
    return isOwn;
  };
});

const begin = (process: RefreshChain): Promise<string> =>
  process.begin({ value: 'old', refreshToken: 'r0', renewAtMs: 0 }, HOUR_MS);

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

  it('is not stored again if the account was forgotten during the refresh', async () => {
    const chains = startProcess();
    const chain = await begin(chains);
    beforeAnswer = () => chains.end(chain);
    await expect(chains.token(chain, MIRA)).rejects.toMatchObject({ code: 'OWN_ACCOUNT_REFUSED' });
    await expect(startProcess().token(chain, MIRA)).rejects.toMatchObject({ code: 'OWN_ACCOUNT_REFUSED' });
    expect(sent).toEqual(['r0']);
  });
});
