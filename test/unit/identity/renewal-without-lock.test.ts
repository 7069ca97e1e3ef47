import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ANSWER_MS, LOCK_MS, pause, type Renewals, startRenewals, until } from '../../support/renewals.ts';

let renewals: Renewals;

beforeEach(async () => {
  renewals = await startRenewals();
});

describe('the renewal of an expired token is made once, although the process that asks loses its lock', () => {
  let cut: Promise<unknown>;
  let reconnect: () => void;

  /** It asks the provider, and reaches the renewals.store no more: its lock ends. */
  beforeEach(async () => {
    const { replace } = renewals.store;
    let isCut = false;
    const reconnected = new Promise<void>((resolve) => {
      reconnect = resolve;
    });
    renewals.store.replace = async (...change) => {
      if (isCut) await reconnected;
      return replace.apply(renewals.store, change);
    };
    renewals.answer = async (refreshToken) => {
      isCut = true;
      return renewals.tokens(`${refreshToken}+`);
    };
    cut = renewals.startProcess().keepFresh(renewals.session);
    await until(() => isCut);
    await pause(2 * LOCK_MS);
  });

  afterEach(async () => {
    expect(await cut).toBe('alive');
    expect([renewals.asked, renewals.revoked]).toEqual([['r'], []]);
    expect((await renewals.sessions.tokensOf(renewals.session.id))?.refreshToken).toBe('r+');
  });

  it.each([
    ['while the provider is asked', 0],
    ['and the answer is not written yet, long after the store was away', ANSWER_MS],
  ])('%s', async (_, laterMs) => {
    renewals.offsetMs += laterMs;
    const other = renewals.startProcess().keepFresh(renewals.session);
    await pause(LOCK_MS);
    reconnect();
    expect(await other).toBe('alive');
  });

  it.each(['its note', 'the tokens'])('and writes the answer while another reads %s', async (read) => {
    const { get } = renewals.store;
    let reads = 0;
    // The second read of the tokens is the one under the lock.
    const isMeant = (key: string): boolean => {
      if (read === 'its note') return key.includes('renewal-begun');
      if (key.includes(':session:')) reads += 1;
      return reads === 2;
    };
    renewals.store.get = async (key) => {
      if (isMeant(key)) {
        reconnect();
        await cut;
      }
      return get.call(renewals.store, key);
    };
    expect(await renewals.startProcess().keepFresh(renewals.session)).toBe('alive');
  });
});
