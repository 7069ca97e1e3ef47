import { afterEach, beforeEach, describe, expect, it } from 'vitest';
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

  it.each([
    ['reads its note', 'note'],
    ['reads the tokens', 'tokens'],
    ['notes that it sends the token', 'own note'],
  ])('and writes the answer while another %s', async (_, step) => {
    const { add, get } = renewals.store;
    let reads = 0;
    // The second read of the tokens is the one under the lock.
    const isMeant = (key: string): boolean => {
      if (step !== 'tokens') return step === 'note' && key.includes('renewal-begun');
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
    renewals.store.add = async (...record) => {
      if (step === 'own note' && record[0].includes('renewal-begun')) {
        reconnect();
        await cut;
      }
      return add.apply(renewals.store, record);
    };
    expect(await renewals.startProcess().keepFresh(renewals.session)).toBe('alive');
  });
});

it('the renewal of an expired token is made once, although a process loses its lock before it has noted what it sends', async () => {
  const { add } = renewals.store;
  let isSlow = false;
  let goOn = (): void => undefined;
  const isRenewed = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  renewals.store.add = async (...record) => {
    if (record[0].includes('renewal-begun') && !isSlow) {
      isSlow = true;
      await isRenewed;
    }
    return add.apply(renewals.store, record);
  };
  // A process that stands still renews no lock either.
  const { replace } = renewals.store;
  renewals.store.replace = async (...change) =>
    !change[0].startsWith('lock:') && replace.apply(renewals.store, change);
  const slow = renewals.startProcess().keepFresh(renewals.session);
  await until(() => isSlow);
  await pause(2 * LOCK_MS);
  expect(await renewals.startProcess().keepFresh(renewals.session)).toBe('alive');
  goOn();
  expect(await slow).toBe('alive');
  expect(renewals.asked).toEqual(['r']);
});
