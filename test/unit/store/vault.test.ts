import { beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { systemClock } from '../../../src/base/clock.ts';
import { createMemoryStore } from '../../../src/store/memory-store.ts';
import type { Store } from '../../../src/store/store.ts';
import { createVault, hashedKey, type Vault } from '../../../src/store/vault.ts';

const LONG_MS = 600_000;
const OLD_KEY = randomBytes(32);
const NEW_KEY = randomBytes(32);

/** A memory store whose every stored byte can be read, as by somebody who stole a dump. */
function openStore(): { store: Store; dump: Map<string, string> } {
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
    replace: (...args) => store.replace(...args),
    publish: (...args) => store.publish(...args),
    subscribe: (...args) => store.subscribe(...args),
    ping: () => store.ping(),
    close: () => store.close(),
    set: noting((...args) => store.set(...args)),
    add: noting((...args) => store.add(...args)),
  };
  return { store: noted, dump };
}

let store: Store;
let dump: Map<string, string>;
let vault: Vault;

beforeEach(() => {
  ({ store, dump } = openStore());
  vault = createVault(store, [NEW_KEY]);
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

  it('is taken once, and added only where there is none', async () => {
    expect(await vault.add('key', 'first', LONG_MS)).toBe(true);
    expect(await vault.add('key', 'second', LONG_MS)).toBe(false);
    expect(await vault.take('key')).toBe('first');
    expect(await vault.take('key')).toBeUndefined();
    await vault.set('key', 'third', LONG_MS);
    await vault.delete('key');
    expect(await vault.get('key')).toBeUndefined();
  });
});

describe('Who steals a dump of the store', () => {
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
    expect(await createVault(store, [randomBytes(32)]).get('key')).toBeUndefined();
  });
});

describe('Who can write to the store', () => {
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

  it('cannot break the vault with something that is none of its values', async () => {
    const unsecured = `${Buffer.from('{"alg":"none","for":"key"}').toString('base64url')}....`;
    for (const blob of ['', 'nonsense', '....', '{"admin":true}', unsecured]) {
      await store.set('key', blob, LONG_MS);
      expect(await vault.get('key')).toBeUndefined();
      expect(await vault.update('key', () => 'changed', LONG_MS)).toBe(false);
      expect(await vault.take('key')).toBeUndefined();
    }
  });
});

describe('When the encryption key is changed', () => {
  it('what the old key wrote still reads, and what is written now needs the newest', async () => {
    await createVault(store, [OLD_KEY]).set('before', 'old value', LONG_MS);
    const rotated = createVault(store, [NEW_KEY, OLD_KEY]);
    expect(await rotated.get('before')).toBe('old value');
    await rotated.set('after', 'new value', LONG_MS);
    expect(await createVault(store, [OLD_KEY]).get('after')).toBeUndefined();
    expect(await createVault(store, [NEW_KEY]).get('after')).toBe('new value');
  });

  it('an update moves a value over to the newest key', async () => {
    await createVault(store, [OLD_KEY]).set('key', 1, LONG_MS);
    const rotated = createVault(store, [NEW_KEY, OLD_KEY]);
    expect(await rotated.update('key', (value) => Number(value) + 1, LONG_MS)).toBe(true);
    expect(await createVault(store, [NEW_KEY]).get('key')).toBe(2);
  });

  it('what a removed key wrote is never read again', async () => {
    await createVault(store, [OLD_KEY]).set('key', 'old value', LONG_MS);
    const without = createVault(store, [NEW_KEY]);
    expect(await without.get('key')).toBeUndefined();
    expect(await without.update('key', () => 'changed', LONG_MS)).toBe(false);
    expect(await without.take('key')).toBeUndefined();
  });

  it('a vault without any key is not made', () => {
    expect(() => createVault(store, [])).toThrow(TypeError);
  });
});

describe('Updating', () => {
  it('changes nothing where there is nothing, or where the change is none', async () => {
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

  it('sees what others wrote meanwhile', async () => {
    await vault.set('key', ['start'], LONG_MS);
    const other = createVault(store, [NEW_KEY]);
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

  it('by thirty at once counts every one', async () => {
    await vault.set('key', 0, LONG_MS);
    const outcomes = await Promise.all(
      Array.from({ length: 30 }, () => vault.update('key', (value) => Number(value) + 1, LONG_MS)),
    );
    expect(outcomes).not.toContain(false);
    expect(await vault.get('key')).toBe(30);
  });
});
