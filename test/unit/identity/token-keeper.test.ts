import { beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../src/base/errors.ts';
import type { Tokens } from '../../../src/identity/provider/oidc-port.ts';
import { endless } from '../../support/endless.ts';
import { duringLateWrite } from '../../support/late-write.ts';
import {
  ANSWER_MS,
  LIFE_MS,
  LOCK_MS,
  pause,
  type Renewals,
  SETTLE_MS,
  startRenewals,
  until,
} from '../../support/renewals.ts';

let renewals: Renewals;

beforeEach(async () => {
  renewals = await startRenewals();
});

describe('the renewal of an expired token', () => {
  it('fails for every waiting caller, and for no other, where the store is unavailable', async () => {
    const away = new Error('away');
    renewals.store.get = () => Promise.reject(away);
    await expect(renewals.startProcess().keepFresh(renewals.session)).rejects.toBe(away);
    // A rejection that nobody handles would be told by now, and fail this test.
    await pause(0);
    expect(renewals.asked).toEqual([]);
  });

  it('is made once by two processes (D8)', async () => {
    const [one, other] = [renewals.startProcess(), renewals.startProcess()];
    const uses = [one, other, one, other].map((keeper) => keeper.keepFresh(renewals.session));
    expect(await Promise.all(uses)).toEqual(['alive', 'alive', 'alive', 'alive']);
    expect(renewals.asked).toEqual(['r']);
    expect((await renewals.sessions.tokensOf(renewals.session.id))?.refreshToken).toBe('r+');
  });

  it('is made once, although the provider takes longer than the lock lasts (D9)', async () => {
    renewals.answer = async (refreshToken) => {
      await pause(3 * LOCK_MS);
      return renewals.tokens(`${refreshToken}+`);
    };
    const [one, other] = [renewals.startProcess(), renewals.startProcess()];
    const uses = [one.keepFresh(renewals.session), other.keepFresh(renewals.session)];
    expect(await Promise.all(uses)).toEqual(['alive', 'alive']);
    expect(renewals.asked).toEqual(['r']);
  });

  it('is taken over by another process once the lock holder has died (D10)', async () => {
    const { add, replace } = renewals.store;
    let locked = 0;
    renewals.store.add = async (...given) => {
      const isTaken = await add.apply(renewals.store, given);
      if (isTaken) locked += 1;
      return isTaken;
    };
    let isAsked = (): void => undefined;
    const asking = new Promise<void>((resolve) => {
      isAsked = resolve;
    });
    // The process is no more: it hears nothing, and renews nothing.
    renewals.answer = () => {
      isAsked();
      return endless();
    };
    renewals.store.replace = (...change) =>
      change[0].startsWith('lock:') ? new Promise(() => undefined) : replace.apply(renewals.store, change);
    void renewals
      .startProcess()
      .keepFresh(renewals.session)
      .catch(() => undefined);
    await asking;
    renewals.answer = async (refreshToken) => renewals.tokens(`${refreshToken}+`);
    const other = renewals.startProcess();
    renewals.awayMs = LIFE_MS;
    const waiting = other.keepFresh(renewals.session);
    await until(() => locked === 2);
    expect(renewals.asked).toEqual(['r']);
    renewals.offsetMs += ANSWER_MS + SETTLE_MS;
    expect(await waiting).toBe('alive');
    expect(renewals.asked).toEqual(['r', 'r']);
  });

  it.each(['before', 'after'])(
    'is made once, although the store fails %s the new tokens are written',
    async (when) => {
      const { replace } = renewals.store;
      let isBroken = true;
      renewals.store.replace = async (...change) => {
        if (!isBroken || !change[0].includes(':session:')) return replace.apply(renewals.store, change);
        isBroken = false;
        if (when === 'after') await replace.apply(renewals.store, change);
        throw new AppError('UNAVAILABLE');
      };
      expect(await renewals.startProcess().keepFresh(renewals.session)).toBe('alive');
      expect(await renewals.startProcess().keepFresh(renewals.session)).toBe('alive');
      expect([renewals.asked, renewals.revoked]).toEqual([['r'], []]);
      expect((await renewals.sessions.tokensOf(renewals.session.id))?.refreshToken).toBe('r+');
    },
  );

  it('is made once, although a caller of its process asks while the answer is written late', async () => {
    const keeper = renewals.startProcess();
    const again = duringLateWrite(renewals.store, ':session:', () => {
      renewals.offsetMs += 6000;
      return keeper.keepFresh(renewals.session);
    });
    await expect(keeper.keepFresh(renewals.session)).rejects.toThrow('lost');
    expect(await again).toBe('alive');
    expect([renewals.asked, renewals.revoked]).toEqual([['r'], []]);
  });

  it('takes two steps where the answer cannot be checked yet: it is stored, and used by the next attempt', async () => {
    const given: Tokens[] = [];
    let result: Tokens | undefined;
    const provider = renewals.startProcess(async (old) => {
      given.push(old);
      return result ?? { ...old, refreshToken: 'r+', unread: { answer: '{}', answeredAtMs: 0 } };
    });
    await expect(provider.keepFresh(renewals.session)).rejects.toMatchObject({ code: 'IDP_UNAVAILABLE' });
    renewals.offsetMs += 6000;
    result = renewals.tokens('r++');
    expect(await provider.keepFresh(renewals.session)).toBe('alive');
    expect(given[1]).toMatchObject({ refreshToken: 'r+', unread: { answer: '{}' }, accessToken: 'access-r' });
    expect([(await renewals.sessions.tokensOf(renewals.session.id))?.refreshToken, renewals.revoked]).toEqual(
      ['r++', []],
    );
  });

  it('gives a caller the new token', async () => {
    expect(await renewals.startProcess().accessToken(renewals.session)).toBe('access-r+');
    renewals.answer = async () => 'refused';
    renewals.offsetMs += LIFE_MS;
    await expect(renewals.startProcess().accessToken(renewals.session)).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
  });
});

describe('a session', () => {
  it('leaves no new token at the provider when it has ended meanwhile', async () => {
    renewals.answer = async (refreshToken) => {
      await renewals.sessions.end(renewals.session.id, { reason: 'signed_out' });
      return renewals.tokens(`${refreshToken}+`);
    };
    expect(await renewals.startProcess().keepFresh(renewals.session)).toBe('ended');
    expect(renewals.revoked).toEqual(['r+']);
  });

  it('survives a refusal of a token that another process has replaced', async () => {
    renewals.answer = async () => {
      const old = await renewals.sessions.tokensOf(renewals.session.id);
      if (old !== undefined)
        await renewals.sessions.replaceTokens(renewals.session.id, old, renewals.tokens('of-the-other'));
      return 'refused';
    };
    expect(await renewals.startProcess().keepFresh(renewals.session)).toBe('alive');
  });

  it('causes no repeated calls of the provider during an outage (D12)', async () => {
    renewals.answer = () => Promise.reject(new AppError('IDP_UNAVAILABLE'));
    const [one, other] = [renewals.startProcess(), renewals.startProcess()];
    for (const keeper of [one, other, one, other]) {
      await expect(keeper.keepFresh(renewals.session)).rejects.toMatchObject({ code: 'IDP_UNAVAILABLE' });
    }
    expect(renewals.asked).toEqual(['r']);
  });

  it('continues while the provider is away; only callers that need the token are refused', async () => {
    renewals.awayMs = 3_600_000;
    renewals.answer = () => Promise.reject(new AppError('IDP_TIMEOUT'));
    expect(await renewals.startProcess().keepFresh(renewals.session)).toBe('alive');
    await expect(renewals.startProcess().accessToken(renewals.session)).rejects.toMatchObject({
      code: 'IDP_UNAVAILABLE',
    });
    expect(renewals.asked).toEqual(['r']);
  });

  it('continues from the first failure on, also where another process has sent its token and is not heard of', async () => {
    renewals.awayMs = 60_000;
    // The person was idle: the time counts from the failure.
    renewals.offsetMs += 600_000;
    renewals.answer = () => Promise.reject(new AppError('IDP_UNAVAILABLE'));
    expect(await renewals.startProcess().keepFresh(renewals.session)).toBe('alive');
    renewals.offsetMs += 6000;
    let answerLate = (): void => undefined;
    renewals.answer = (refreshToken) =>
      new Promise((resolve) => {
        answerLate = () => resolve(renewals.tokens(`${refreshToken}+`));
      });
    const { remove, replace } = renewals.store;
    // It loses its lock meanwhile.
    renewals.store.replace = async (...change) =>
      !change[0].startsWith('lock:') && replace.apply(renewals.store, change);
    const late = renewals.startProcess().keepFresh(renewals.session);
    await until(() => renewals.asked.length === 2);
    let givenBack = 0;
    renewals.store.remove = async (...given) => {
      const isRemoved = await remove.apply(renewals.store, given);
      if (isRemoved && given[0].startsWith('lock:')) givenBack += 1;
      return isRemoved;
    };
    const waiting = renewals.startProcess().keepFresh(renewals.session);
    await until(() => givenBack > 0);
    const next = renewals.startProcess().keepFresh(renewals.session);
    expect(await next).toBe('alive');
    answerLate();
    expect(await Promise.all([late, waiting])).toEqual(['alive', 'alive']);
    expect(renewals.asked).toEqual(['r', 'r']);
  });

  it('continues while the store takes no writes, and no token is spent whose answer could not be stored', async () => {
    renewals.awayMs = 600_000;
    const refuse = () => Promise.reject(new AppError('UNAVAILABLE'));
    Object.assign(renewals.store, { add: refuse, set: refuse, replace: refuse });
    expect(await renewals.startProcess().keepFresh(renewals.session)).toBe('alive');
    renewals.offsetMs += renewals.awayMs;
    await expect(renewals.startProcess().keepFresh(renewals.session)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    });
    expect(renewals.asked).toEqual([]);
  });

  it("does not wait for another process's renewal while its own token is still valid", async () => {
    renewals.offsetMs -= 10_000;
    let finish = (): void => undefined;
    renewals.answer = (refreshToken) =>
      new Promise((resolve) => {
        finish = () => resolve(renewals.tokens(`${refreshToken}+`));
      });
    const slow = renewals.startProcess().keepFresh(renewals.session);
    await until(() => renewals.asked.length === 1);
    expect(await renewals.startProcess().keepFresh(renewals.session)).toBe('alive');
    finish();
    expect(await slow).toBe('alive');
  });
});
