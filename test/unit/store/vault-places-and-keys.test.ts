import { beforeEach, describe, expect, it } from 'vitest';
import { randomBytes } from 'node:crypto';
import { CompactEncrypt } from 'jose';
import { systemClock } from '../../../src/base/clock.ts';
import type { LogFields } from '../../../src/base/logger.ts';
import { createMemoryStore } from '../../../src/store/memory-store.ts';
import { holdingsOf } from '../../../src/store/key-holdings.ts';
import { placedStore, placeOf, createVault, keyIdOf, type Vault } from '../../../src/store/vault.ts';
import type { Store } from '../../../src/store/store.ts';

const LONG_MS = 600_000;
const OLD_KEY = randomBytes(32);
const NEW_KEY = randomBytes(32);
const PLACE = 'here';

/** All that the store holds, whosoever it is. */
let everywhere: Store;
/** What is kept at the place of these tests. */
let store: Store;
let vault: Vault;

const vaultWith = (...keys: Uint8Array[]): Vault => createVault(everywhere, keys, { place: PLACE });

beforeEach(() => {
  everywhere = createMemoryStore(systemClock);
  store = placedStore(everywhere, PLACE);
  vault = vaultWith(NEW_KEY);
});

describe('Two servers on one store, with the same keys', () => {
  const there = (): Vault => createVault(everywhere, [NEW_KEY], { place: 'there' });

  it("do not see each other's records, and do not overwrite them", async () => {
    await vault.set('mapping:joe', 'here', LONG_MS);
    expect(await there().get('mapping:joe')).toBeUndefined();
    await there().set('mapping:joe', 'there', LONG_MS);
    await there().delete('mapping:none');
    expect([await vault.get('mapping:joe'), await there().get('mapping:joe')]).toEqual(['here', 'there']);
  });

  it('accept no record of the other that was moved', async () => {
    await there().set('session:joe', { login: 'joe' }, LONG_MS);
    await store.set('session:joe', String(await everywhere.get('there:session:joe')), LONG_MS);
    expect(await vault.get('session:joe')).toBeUndefined();
    expect(await there().get('session:joe')).toEqual({ login: 'joe' });
  });

  it('are separate if their site, their provider or their client differs', () => {
    const settings = (url: string, issuer: string, clientId: string) => ({
      site: { url },
      oidc: { issuer, clientId },
    });
    const places = [
      settings('https://a.example', 'https://idp.example', 'one'),
      settings('https://b.example', 'https://idp.example', 'one'),
      settings('https://a.example', 'https://idp.example/b', 'one'),
      settings('https://a.example', 'https://idp.example', 'two'),
    ].map(placeOf);
    expect(new Set(places).size).toBe(places.length);
    expect(places.join(' ')).not.toContain('example');
  });
});

describe('A record of a version that knew no places', () => {
  const ofBefore = (key: string, value: unknown, by: Uint8Array = NEW_KEY): Promise<string> =>
    new CompactEncrypt(new TextEncoder().encode(JSON.stringify(value)))
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: keyIdOf(by), for: key })
      .encrypt(by);

  it('that no key opens any more is reported as lost, until it is replaced', async () => {
    const key = 'mapping:joe';
    await everywhere.set(key, await ofBefore(key, 'before', OLD_KEY), LONG_MS);
    await everywhere.set('session:joe', await ofBefore('session:joe', 'before', OLD_KEY), LONG_MS);
    const told: string[] = [];
    const error = (event: string): void => void told.push(event);
    const without = createVault(everywhere, [NEW_KEY], { place: PLACE, logger: { error } });
    expect(await without.get(key)).toBeUndefined();
    expect([await without.isLost(key), await without.isLost('session:joe')]).toEqual([true, false]);
    expect(told).toEqual(['store.record_lost']);
    await without.set(key, 'now', LONG_MS);
    expect([await without.get(key), await without.isLost(key)]).toEqual(['now', false]);
    expect(told).toHaveLength(1);
  });

  it('counts for the key that encrypts it, until it is replaced', async () => {
    await everywhere.set('mapping:joe', await ofBefore('mapping:joe', 'before', OLD_KEY), LONG_MS);
    await everywhere.set('session:joe', await ofBefore('session:joe', 'before', OLD_KEY), LONG_MS);
    const counted = async (...keys: Uint8Array[]) => {
      const { oldest, unknown } = await holdingsOf(everywhere, PLACE, keys);
      return { oldest: [...oldest], unknown };
    };
    expect(await counted(NEW_KEY, OLD_KEY)).toEqual({ oldest: [['mapping', 1]], unknown: 0 });
    expect(await counted(NEW_KEY)).toEqual({ oldest: [], unknown: 1 });
    await vault.set('mapping:joe', 'now', LONG_MS);
    expect(await counted(NEW_KEY, OLD_KEY)).toEqual({ oldest: [], unknown: 0 });
  });

  it('is read if it states the person of an account, until it is written again or forgotten', async () => {
    await everywhere.set('mapping:joe', await ofBefore('mapping:joe', 'before'), LONG_MS);
    expect(await vault.get('mapping:joe')).toBe('before');
    await vault.set('mapping:joe', 'now', LONG_MS);
    expect(await vault.get('mapping:joe')).toBe('now');
    await vault.delete('mapping:joe');
    expect(await vault.get('mapping:joe')).toBeUndefined();
  });

  it('is ignored if it would sign somebody in', async () => {
    await everywhere.set('session:joe', await ofBefore('session:joe', 'before'), LONG_MS);
    await store.set('session:ann', await ofBefore('session:ann', 'before'), LONG_MS);
    await store.set('mapping:ann', await ofBefore('mapping:ann', 'before'), LONG_MS);
    for (const key of ['session:joe', 'session:ann', 'mapping:ann']) {
      expect(await vault.get(key)).toBeUndefined();
    }
  });
});

describe('A record of another version of this server', () => {
  const inForm = (key: string, form: object): Promise<string> =>
    new CompactEncrypt(new TextEncoder().encode('"kept"'))
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: keyIdOf(NEW_KEY), for: key, of: PLACE, ...form })
      .encrypt(NEW_KEY);

  it('is read if it was written before records had forms', async () => {
    await store.set('session:joe', await inForm('session:joe', {}), LONG_MS);
    expect(await vault.get('session:joe')).toBe('kept');
  });

  it.each([2, 0, '1', null])('is ignored in another form, %j, and may be overwritten', async (form) => {
    const put = async (): Promise<void> =>
      store.set('session:joe', await inForm('session:joe', { form }), LONG_MS);
    await put();
    expect(await vault.get('session:joe')).toBeUndefined();
    expect(await vault.update('session:joe', (value) => value, LONG_MS)).toBe(false);
    expect(await vault.take('session:joe')).toBeUndefined();
    await put();
    expect(await vault.add('session:joe', 'now', LONG_MS)).toBe(true);
    expect(await vault.get('session:joe')).toBe('now');
  });

  it('is read in any form if it states the person of an account', async () => {
    await store.set('mapping:joe', await inForm('mapping:joe', { form: 2 }), LONG_MS);
    expect(await vault.get('mapping:joe')).toBe('kept');
  });
});

describe('When the encryption key is changed', () => {
  it('records of the old key can still be read, and new records need the newest', async () => {
    await vaultWith(OLD_KEY).set('before', 'old value', LONG_MS);
    const rotated = vaultWith(NEW_KEY, OLD_KEY);
    expect(await rotated.get('before')).toBe('old value');
    await rotated.set('after', 'new value', LONG_MS);
    expect(await vaultWith(OLD_KEY).get('after')).toBeUndefined();
    expect(await vaultWith(NEW_KEY).get('after')).toBe('new value');
  });

  it('an update moves a value over to the newest key', async () => {
    await vaultWith(OLD_KEY).set('key', 1, LONG_MS);
    const rotated = vaultWith(NEW_KEY, OLD_KEY);
    expect(await rotated.update('key', (value) => Number(value) + 1, LONG_MS)).toBe(true);
    expect(await vaultWith(NEW_KEY).get('key')).toBe(2);
  });

  it('records of a removed key are never read again', async () => {
    await vaultWith(OLD_KEY).set('key', 'old value', LONG_MS);
    const without = vaultWith(NEW_KEY);
    expect(await without.get('key')).toBeUndefined();
    expect(await without.update('key', () => 'changed', LONG_MS)).toBe(false);
    expect(await without.take('key')).toBeUndefined();
  });

  it('a record that no key opens any more is overwritten like a missing one', async () => {
    await vaultWith(OLD_KEY).set('key', 'old value', LONG_MS);
    const without = vaultWith(NEW_KEY);
    expect(await without.add('key', 'new value', LONG_MS)).toBe(true);
    expect(await without.add('key', 'another', LONG_MS)).toBe(false);
    expect(await without.get('key')).toBe('new value');
  });

  it('a long-lived record moves to the newest key when it is read, and keeps its expiry', async () => {
    let nowMs = 0;
    everywhere = createMemoryStore({ now: () => nowMs });
    await vaultWith(OLD_KEY).set('mapping:joe', 'joe', 1000);
    expect(await vaultWith(NEW_KEY, OLD_KEY).get('mapping:joe')).toBe('joe');
    expect(await vaultWith(NEW_KEY).get('mapping:joe')).toBe('joe');
    nowMs = 1000;
    expect(await vaultWith(NEW_KEY).get('mapping:joe')).toBeUndefined();
  });

  it('a lost long-lived record is reported once it is needed', async () => {
    await vaultWith(OLD_KEY).set('mapping:joe', 'joe', LONG_MS);
    await vaultWith(OLD_KEY).set('session:joe', 'joe', LONG_MS);
    const told: string[] = [];
    const error = (event: string, { reason }: LogFields): void => void told.push(`${event} ${reason}`);
    const without = createVault(everywhere, [NEW_KEY], { place: PLACE, logger: { error } });
    for (const key of ['mapping:joe', 'session:joe', 'mapping:ann']) {
      expect(await without.get(key)).toBeUndefined();
    }
    expect(told).toEqual(['store.record_lost mapping']);
  });

  it('a vault without any key, or with one that is too short, is not made', () => {
    expect(() => vaultWith()).toThrow(TypeError);
    expect(() => vaultWith(NEW_KEY, new Uint8Array(16))).toThrow(TypeError);
  });
});
