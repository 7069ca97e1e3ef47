import { beforeEach, describe, expect, it } from '@jest/globals';
import { AppError } from '../../../src/base/errors.ts';
import type { Login, Subject } from '../../../src/base/ids.ts';
import { createLogger } from '../../../src/base/logger.ts';
import type { Tokens } from '../../../src/identity/provider/oidc-port.ts';
import type { Principal, Session } from '../../../src/identity/person/principal.ts';
import { createRenewalFailures } from '../../../src/identity/session/renewal-failures.ts';
import { createSessions, type Sessions } from '../../../src/identity/session/sessions.ts';
import {
  createTokenKeeper,
  type TokenKeeper,
  type TokenKeeperDeps,
} from '../../../src/identity/session/token-keeper.ts';
import { createBegunRenewals } from '../../../src/store/begun-renewals.ts';
import { createLocks } from '../../../src/store/locks.ts';
import { createMemoryStore } from '../../../src/store/memory-store.ts';
import type { Store } from '../../../src/store/store.ts';
import { createVault, type Vault } from '../../../src/store/vault.ts';
import { duringLateWrite } from '../../support/late-write.ts';

const LOCK_MS = 200;
/** After this time a process counts as dead that has sent a token. */
const ANSWER_MS = 60_000;
const SETTLE_MS = 5000;
const LIFE_MS = 300_000;
const MIRA: Principal = {
  issuer: 'https://idp.example',
  subject: 'sub-mira' as Subject,
  displayName: 'Mira',
  email: null,
  login: 'mira' as Login,
  person: { type: 'HumanUser', id: 1, name: 'Mira' },
  permissionRole: null,
  acting: { way: 'sudo' as const },
};

let offsetMs: number;
/** None: whoever has no living token waits for what becomes of it. */
let awayMs: number;
const logger = createLogger({ level: 'silent' });
let store: Store;
let vault: Vault;
let sessions: Sessions;
let session: Session;
let asked: string[];
let revoked: string[];
/** What the provider does with a refresh token. */
let answer: (refreshToken: string) => Promise<Tokens | 'refused'>;

const now = (): number => Date.now() + offsetMs;
const tokens = (name: string): Tokens => ({
  idToken: 'id',
  accessToken: `access-${name}`,
  accessExpiresAtMs: now() + LIFE_MS,
  refreshToken: name,
});

const asAnswered = ({ refreshToken }: Tokens): Promise<Tokens | 'refused'> => {
  asked.push(refreshToken ?? '');
  return answer(refreshToken ?? '');
};

/** One process of several: they share the store alone. */
const startProcess = (refresh: TokenKeeperDeps['oidc']['refresh'] = asAnswered): TokenKeeper =>
  createTokenKeeper({
    begun: createBegunRenewals({ vault, clock: { now }, answerMs: ANSWER_MS, settleMs: SETTLE_MS }),
    failures: createRenewalFailures(vault, { now }),
    awayMs,
    clock: { now },
    logger,
    sessions,
    oidc: { refresh },
    locks: createLocks({ store, logger, lockMs: LOCK_MS }),
    revocations: { revokeLater: (refreshToken) => void revoked.push(refreshToken) },
  });

/** The session as a request finds it, with a token that is over. */
beforeEach(async () => {
  [offsetMs, awayMs] = [0, 0];
  [asked, revoked] = [[], []];
  answer = async (refreshToken) => tokens(`${refreshToken}+`);
  const clock = { now };
  store = createMemoryStore(clock);
  vault = createVault(store, [new Uint8Array(32)], { place: 'test' });
  const settings = { idleMs: 3_600_000, absoluteMs: 3_600_000, overlayIdleMs: 3_600_000, maxPerPerson: 5 };
  sessions = createSessions({ vault, clock, settings });
  ({ session } = await sessions.create(MIRA, tokens('r')));
  offsetMs = LIFE_MS;
});

const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
};
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('the renewal of an expired token', () => {
  it('fails for every waiting caller, and for no other, where the store is unavailable', async () => {
    const away = new Error('away');
    store.get = () => Promise.reject(away);
    await expect(startProcess().keepFresh(session)).rejects.toBe(away);
    // A rejection that nobody handles would be told by now, and fail this test.
    await pause(0);
    expect(asked).toEqual([]);
  });

  it('is made once by two processes (D8)', async () => {
    const [one, other] = [startProcess(), startProcess()];
    const uses = [one, other, one, other].map((keeper) => keeper.keepFresh(session));
    expect(await Promise.all(uses)).toEqual(['alive', 'alive', 'alive', 'alive']);
    expect(asked).toEqual(['r']);
    expect((await sessions.tokensOf(session.id))?.refreshToken).toBe('r+');
  });

  it('is made once, although the provider takes longer than the lock lasts (D9)', async () => {
    answer = async (refreshToken) => {
      await pause(3 * LOCK_MS);
      return tokens(`${refreshToken}+`);
    };
    const [one, other] = [startProcess(), startProcess()];
    const uses = [one.keepFresh(session), other.keepFresh(session)];
    expect(await Promise.all(uses)).toEqual(['alive', 'alive']);
    expect(asked).toEqual(['r']);
  });

  it('is taken over by another process once the lock holder has died (D10)', async () => {
    const { add, replace } = store;
    let locked = 0;
    store.add = async (...given) => {
      const isTaken = await add.apply(store, given);
      if (isTaken) locked += 1;
      return isTaken;
    };
    let isAsked = (): void => undefined;
    const asking = new Promise<void>((resolve) => {
      isAsked = resolve;
    });
    // The process is no more: it hears nothing, and renews nothing.
    answer = () => {
      isAsked();
      return new Promise(() => undefined);
    };
    store.replace = (...change) =>
      change[0].startsWith('lock:') ? new Promise(() => undefined) : replace.apply(store, change);
    void startProcess().keepFresh(session);
    await asking;
    answer = async (refreshToken) => tokens(`${refreshToken}+`);
    const other = startProcess();
    awayMs = LIFE_MS;
    const waiting = other.keepFresh(session);
    await until(() => locked === 2);
    expect(asked).toEqual(['r']);
    offsetMs += ANSWER_MS + SETTLE_MS;
    expect(await waiting).toBe('alive');
    expect(asked).toEqual(['r', 'r']);
  });

  it.each([
    ['while the provider is asked', 0],
    ['and the answer is not written yet, long after the store was away', ANSWER_MS],
  ])('is made once, although the process that asks loses its lock: %s', async (_, laterMs) => {
    const { replace } = store;
    // This process reaches the store no more, and so its lock ends.
    let isCut = false;
    let reconnect = (): void => undefined;
    const reconnected = new Promise<void>((resolve) => {
      reconnect = resolve;
    });
    store.replace = async (...change) => {
      if (isCut) await reconnected;
      return replace.apply(store, change);
    };
    answer = async (refreshToken) => {
      isCut = true;
      return tokens(`${refreshToken}+`);
    };
    const cut = startProcess().keepFresh(session);
    await until(() => isCut);
    await pause(2 * LOCK_MS);
    offsetMs += laterMs;
    const other = startProcess().keepFresh(session);
    await pause(LOCK_MS);
    reconnect();
    expect(await Promise.all([cut, other])).toEqual(['alive', 'alive']);
    expect([asked, revoked]).toEqual([['r'], []]);
    expect((await sessions.tokensOf(session.id))?.refreshToken).toBe('r+');
  });

  it.each(['its note', 'the tokens'])(
    'is made once, although the answer of a process without a lock is written while another reads %s',
    async (read) => {
      const { get, replace } = store;
      let isCut = false;
      let reconnect = (): void => undefined;
      const reconnected = new Promise<void>((resolve) => {
        reconnect = resolve;
      });
      store.replace = async (...change) => {
        if (isCut) await reconnected;
        return replace.apply(store, change);
      };
      answer = async (refreshToken) => {
        isCut = true;
        return tokens(`${refreshToken}+`);
      };
      const cut = startProcess().keepFresh(session);
      await until(() => isCut);
      await pause(2 * LOCK_MS);
      let reads = 0;
      // The second read of the tokens is the one under the lock.
      const isMeant = (key: string): boolean => {
        if (read === 'its note') return key.includes('renewal-begun');
        if (key.includes(':session:')) reads += 1;
        return reads === 2;
      };
      store.get = async (key) => {
        if (isMeant(key)) {
          reconnect();
          await cut;
        }
        return get.call(store, key);
      };
      expect(await startProcess().keepFresh(session)).toBe('alive');
      expect([asked, revoked]).toEqual([['r'], []]);
    },
  );

  it.each(['before', 'after'])(
    'is made once, although the store fails %s the new tokens are written',
    async (when) => {
      const { replace } = store;
      let isBroken = true;
      store.replace = async (...change) => {
        if (!isBroken || !change[0].includes(':session:')) return replace.apply(store, change);
        isBroken = false;
        if (when === 'after') await replace.apply(store, change);
        throw new AppError('UNAVAILABLE');
      };
      expect(await startProcess().keepFresh(session)).toBe('alive');
      expect(await startProcess().keepFresh(session)).toBe('alive');
      expect([asked, revoked]).toEqual([['r'], []]);
      expect((await sessions.tokensOf(session.id))?.refreshToken).toBe('r+');
    },
  );

  it('is made once, although a caller of its process asks while the answer is written late', async () => {
    const keeper = startProcess();
    const again = duringLateWrite(store, ':session:', () => {
      offsetMs += 6000;
      return keeper.keepFresh(session);
    });
    await expect(keeper.keepFresh(session)).rejects.toThrow('lost');
    expect(await again).toBe('alive');
    expect([asked, revoked]).toEqual([['r'], []]);
  });

  it('takes two steps where the answer cannot be checked yet: it is stored, and used by the next attempt', async () => {
    const given: Tokens[] = [];
    let result: Tokens | undefined;
    const provider = startProcess(async (old) => {
      given.push(old);
      return result ?? { ...old, refreshToken: 'r+', unread: { answer: '{}', answeredAtMs: 0 } };
    });
    await expect(provider.keepFresh(session)).rejects.toMatchObject({ code: 'IDP_UNAVAILABLE' });
    offsetMs += 6000;
    result = tokens('r++');
    expect(await provider.keepFresh(session)).toBe('alive');
    expect(given[1]).toMatchObject({ refreshToken: 'r+', unread: { answer: '{}' }, accessToken: 'access-r' });
    expect([(await sessions.tokensOf(session.id))?.refreshToken, revoked]).toEqual(['r++', []]);
  });

  it('gives a caller the new token', async () => {
    expect(await startProcess().accessToken(session)).toBe('access-r+');
    answer = async () => 'refused';
    offsetMs += LIFE_MS;
    await expect(startProcess().accessToken(session)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });
});

describe('a session', () => {
  it('leaves no new token at the provider when it has ended meanwhile', async () => {
    answer = async (refreshToken) => {
      await sessions.end(session.id, { reason: 'signed_out' });
      return tokens(`${refreshToken}+`);
    };
    expect(await startProcess().keepFresh(session)).toBe('ended');
    expect(revoked).toEqual(['r+']);
  });

  it('survives a refusal of a token that another process has replaced', async () => {
    answer = async () => {
      const old = await sessions.tokensOf(session.id);
      if (old !== undefined) await sessions.replaceTokens(session.id, old, tokens('of-the-other'));
      return 'refused';
    };
    expect(await startProcess().keepFresh(session)).toBe('alive');
  });

  it('causes no repeated calls of the provider during an outage (D12)', async () => {
    answer = () => Promise.reject(new AppError('IDP_UNAVAILABLE'));
    const [one, other] = [startProcess(), startProcess()];
    for (const keeper of [one, other, one, other]) {
      await expect(keeper.keepFresh(session)).rejects.toMatchObject({ code: 'IDP_UNAVAILABLE' });
    }
    expect(asked).toEqual(['r']);
  });

  it('continues while the provider is away; only callers that need the token are refused', async () => {
    awayMs = 3_600_000;
    answer = () => Promise.reject(new AppError('IDP_TIMEOUT'));
    expect(await startProcess().keepFresh(session)).toBe('alive');
    await expect(startProcess().accessToken(session)).rejects.toMatchObject({ code: 'IDP_UNAVAILABLE' });
    expect(asked).toEqual(['r']);
  });

  it('continues while the store takes no writes, and no token is spent whose answer could not be stored', async () => {
    awayMs = 600_000;
    const refuse = () => Promise.reject(new AppError('UNAVAILABLE'));
    Object.assign(store, { add: refuse, set: refuse, replace: refuse });
    expect(await startProcess().keepFresh(session)).toBe('alive');
    offsetMs += awayMs;
    await expect(startProcess().keepFresh(session)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(asked).toEqual([]);
  });

  it("does not wait for another process's renewal while its own token is still valid", async () => {
    offsetMs -= 10_000;
    let finish = (): void => undefined;
    answer = (refreshToken) =>
      new Promise((resolve) => {
        finish = () => resolve(tokens(`${refreshToken}+`));
      });
    const slow = startProcess().keepFresh(session);
    await until(() => asked.length === 1);
    expect(await startProcess().keepFresh(session)).toBe('alive');
    finish();
    expect(await slow).toBe('alive');
  });
});
