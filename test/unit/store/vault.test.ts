import { beforeEach, describe, expect, it } from 'vitest';
import { randomBytes } from 'node:crypto';
import { CompactEncrypt } from 'jose';
import { systemClock } from '../../../src/base/clock.ts';
import { createMemoryStore } from '../../../src/store/memory-store.ts';
import { placedStore, createVault, hashedKey, keyIdOf, type Vault } from '../../../src/store/vault.ts';
import type { Store } from '../../../src/store/store.ts';

const LONG_MS = 600_000;
const OLD_KEY = randomBytes(32);
const NEW_KEY = randomBytes(32);
const PLACE = 'here';
const BITS = 8;

const vaultWith = (...keys: Uint8Array[]): Vault => createVault(everywhere, keys, { place: PLACE });

/** A memory store whose every stored byte can be read, as by somebody who stole a dump. */
function openStore(): { everywhere: Store; dump: Map<string, string> } {
  const store = createMemoryStore(systemClock);
  const dump = new Map<string, string>();
  const noting =
    <A extends [string, string, number], R>(write: (...args: A) => Promise<R>) =>
    (...args: A) => {
      dump.set(args[0], args[1]);
      return write(...args);
    };
  const noted: Store = {
    get: (key) => store.get(key),
    take: (key) => store.take(key),
    delete: (key) => store.delete(key),
    remove: (...args) => store.remove(...args),
    entries: (prefix) => store.entries(prefix),
    replace: (...args) => store.replace(...args),
    publish: (...args) => store.publish(...args),
    subscribe: (...args) => store.subscribe(...args),
    limit: (options) => store.limit(options),
    ping: () => store.ping(),
    close: () => store.close(),
    set: noting((...args) => store.set(...args)),
    add: noting((...args) => store.add(...args)),
  };
  return { everywhere: noted, dump };
}

/** All that the store holds, whosoever it is. */
let everywhere: Store;
/** What is kept at the place of these tests. */
let store: Store;
let dump: Map<string, string>;
let vault: Vault;

beforeEach(() => {
  ({ everywhere, dump } = openStore());
  store = placedStore(everywhere, PLACE);
  vault = vaultWith(NEW_KEY);
});

async function blobAt(key: string): Promise<string> {
  const blob = await store.get(key);
  if (blob === undefined) throw new Error(`nothing at ${key}`);
  return blob;
}

describe('A value in the vault', () => {
  it('reads as it was written, whatever JSON it is', async () => {
    for (const value of ['', 0, false, null, [1, 'été 🎬'], { nested: { list: [] } }]) {
      await vault.set('key', value, LONG_MS);
      expect(await vault.get('key')).toEqual(value);
    }
  });

  it('is taken once, and added only if there is none', async () => {
    expect(await vault.add('key', 'first', LONG_MS)).toBe(true);
    expect(await vault.add('key', 'second', LONG_MS)).toBe(false);
    expect(await vault.take('key')).toBe('first');
    expect(await vault.take('key')).toBeUndefined();
    await vault.set('key', 'third', LONG_MS);
    await vault.delete('key');
    expect(await vault.get('key')).toBeUndefined();
  });
});

describe('A person who steals a dump of the store', () => {
  it('finds neither the value nor the secret that the key was made from', async () => {
    const cookie = 'CANARY-cookie-value';
    const value = { login: 'CANARY-joe', title: 'CANARY-secret project' };
    const key = hashedKey('session', cookie);
    await vault.set(key, value, LONG_MS);
    await vault.add(hashedKey('launch', 'CANARY-id'), value, LONG_MS);
    const stolen = [...dump].flat();
    const readable = stolen.flatMap((text) => [
      text,
      ...text.split(/[.:]/u).map((part) => Buffer.from(part, 'base64url').toString('latin1')),
    ]);
    expect(stolen).toHaveLength(4);
    for (const text of readable) expect(text).not.toContain('CANARY');
    expect(key).toMatch(/^session:[\w-]{43}$/u);
  });

  it('cannot tell that two values are the same', async () => {
    await vault.set('key', 'same', LONG_MS);
    const first = await blobAt('key');
    await vault.set('key', 'same', LONG_MS);
    expect(await blobAt('key')).not.toBe(first);
  });

  it('cannot read it with a key of their own', async () => {
    await vault.set('key', 'value', LONG_MS);
    expect(await vaultWith(randomBytes(32)).get('key')).toBeUndefined();
  });
});

/** A record that says of itself what a real one says, encrypted with a key of somebody else's. */
const forged = (key: Uint8Array, header: { kid?: string; enc?: string }): Promise<string> =>
  new CompactEncrypt(new TextEncoder().encode(JSON.stringify({ login: 'admin' })))
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', for: 'key', of: PLACE, ...header })
    .encrypt(key);

describe('A person who can write to the store', () => {
  it('cannot move a value to another key: it reads as absent there', async () => {
    await vault.set('session:admin', { login: 'admin' }, LONG_MS);
    await store.set('session:joe', await blobAt('session:admin'), LONG_MS);
    expect(await vault.get('session:joe')).toBeUndefined();
    expect(await vault.update('session:joe', (value) => value, LONG_MS)).toBe(false);
    expect(await vault.take('session:joe')).toBeUndefined();
    expect(await vault.get('session:admin')).toEqual({ login: 'admin' });
  });

  it('cannot say in its header that a moved value belongs to the new key', async () => {
    await vault.set('session:admin', { login: 'admin' }, LONG_MS);
    const [header = '', ...rest] = (await blobAt('session:admin')).split('.');
    const changed = Buffer.from(header, 'base64url').toString().replace('session:admin', 'session:joe');
    await store.set('session:joe', [Buffer.from(changed).toString('base64url'), ...rest].join('.'), LONG_MS);
    expect(await vault.get('session:joe')).toBeUndefined();
  });

  it('cannot change any part of it: it reads as absent, never as an error', async () => {
    await vault.set('key', { admin: false }, LONG_MS);
    const blob = await blobAt('key');
    for (let index = 0; index < blob.length; index += 1) {
      // Some bits of the last character mean nothing: A and Z differ in those that do from all it can be.
      const other = blob[index] === 'A' ? 'Z' : 'A';
      await store.set('key', blob.slice(0, index) + other + blob.slice(index + 1), LONG_MS);
      expect({ index, value: await vault.get('key') }).toEqual({ index, value: undefined });
    }
  });

  it('cannot forge one with a key of their own, whichever id they give it', async () => {
    const theirs = [new Uint8Array(32), new Uint8Array(32).fill(255), randomBytes(32)];
    const ids = [undefined, '', 'unknown', keyIdOf(NEW_KEY), keyIdOf(OLD_KEY)];
    for (const key of theirs) {
      for (const kid of [...ids, keyIdOf(key)]) {
        await store.set('key', await forged(key, kid === undefined ? {} : { kid }), LONG_MS);
        expect(await vault.get('key')).toBeUndefined();
        expect(await vault.update('key', () => 'changed', LONG_MS)).toBe(false);
        expect(await vault.take('key')).toBeUndefined();
      }
    }
  });

  it('cannot forge one with a key that is too short', async () => {
    for (const enc of ['A128GCM', 'A192GCM', 'A128CBC-HS256'] as const) {
      const key = new Uint8Array({ A128GCM: 16, A192GCM: 24, 'A128CBC-HS256': 32 }[enc]);
      await store.set('key', await forged(key, { enc, kid: keyIdOf(key) }), LONG_MS);
      expect(await vault.get('key')).toBeUndefined();
    }
  });

  it('cannot swap a single bit of its header', async () => {
    await vault.set('key', 'value', LONG_MS);
    const [header = '', ...rest] = (await blobAt('key')).split('.');
    const plain = Buffer.from(header, 'base64url');
    for (let bit = 0; bit < plain.length * BITS; bit += 1) {
      const bent = Buffer.from(plain);
      bent[Math.floor(bit / BITS)]! ^= 1 << (bit % BITS);
      await store.set('key', [bent.toString('base64url'), ...rest].join('.'), LONG_MS);
      expect({ bit, value: await vault.get('key') }).toEqual({ bit, value: undefined });
    }
  });

  it('cannot break the vault with a value that the vault did not write', async () => {
    const unsecured = `${Buffer.from('{"alg":"none","for":"key"}').toString('base64url')}....`;
    for (const blob of ['', 'nonsense', '....', '{"admin":true}', unsecured]) {
      await store.set('key', blob, LONG_MS);
      expect(await vault.get('key')).toBeUndefined();
      expect(await vault.update('key', () => 'changed', LONG_MS)).toBe(false);
      expect(await vault.take('key')).toBeUndefined();
    }
  });
});

describe('Updating', () => {
  it('changes nothing if there is no value, or if the change is empty', async () => {
    expect(await vault.update('key', () => 'made up', LONG_MS)).toBe(false);
    expect(await vault.get('key')).toBeUndefined();
    await vault.set('key', 'value', LONG_MS);
    expect(await vault.update('key', () => undefined, LONG_MS)).toBe(false);
    expect(await vault.get('key')).toBe('value');
  });

  it('never revives a key that is deleted between the reading and the writing', async () => {
    await vault.set('key', 1, LONG_MS);
    let deletion: Promise<void> | undefined;
    const isWritten = await vault.update(
      'key',
      (value) => {
        deletion = store.delete('key');
        return Number(value) + 1;
      },
      LONG_MS,
    );
    await deletion;
    expect(isWritten).toBe(false);
    expect(await vault.get('key')).toBeUndefined();
  });

  it('sees the values that others wrote meanwhile', async () => {
    await vault.set('key', ['start'], LONG_MS);
    const other = vaultWith(NEW_KEY);
    await other.set('key', ['start', 'other'], LONG_MS);
    const theirs = await blobAt('key');
    await vault.set('key', ['start'], LONG_MS);
    const seen: unknown[] = [];
    await vault.update(
      'key',
      (value) => {
        seen.push(value);
        if (seen.length === 1) void store.set('key', theirs, LONG_MS);
        return [...(value as string[]), 'mine'];
      },
      LONG_MS,
    );
    expect(seen).toEqual([['start'], ['start', 'other']]);
    expect(await vault.get('key')).toEqual(['start', 'other', 'mine']);
  });

  it('by thirty callers at once counts every one', async () => {
    await vault.set('key', 0, LONG_MS);
    const outcomes = await Promise.all(
      Array.from({ length: 30 }, () => vault.update('key', (value) => Number(value) + 1, LONG_MS)),
    );
    expect(outcomes).not.toContain(false);
    expect(await vault.get('key')).toBe(30);
  });
});
