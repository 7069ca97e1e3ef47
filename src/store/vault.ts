import { createHash } from 'node:crypto';
import { CompactEncrypt, compactDecrypt } from 'jose';
import type { Store } from './store.ts';

/**
 * Typed values on a store, encrypted and bound to their key: a dump of the store shows nothing (D4), and a blob
 * that is moved to another key, changed, or encrypted with a removed key reads as absent (D5, D27).
 */
export interface Vault {
  get(key: string): Promise<unknown>;
  set(key: string, value: unknown, ttlMs: number): Promise<void>;
  /** True where the key was absent and is now written. */
  add(key: string, value: unknown, ttlMs: number): Promise<boolean>;
  /** Reads and deletes in one step. */
  take(key: string): Promise<unknown>;
  /**
   * Reads, changes and writes as one step: `change` may run several times. False where the key is absent or
   * `change` gave undefined. A key that is deleted meanwhile stays deleted.
   *
   * @param ttlMs a function where the lifetime depends on the value: one that was read earlier may be out of date
   */
  update(
    key: string,
    change: (value: unknown) => unknown,
    ttlMs: number | ((changed: unknown) => number),
  ): Promise<boolean>;
  delete(key: string): Promise<void>;
}

const MAX_UPDATE_TRIES = 50;
const KEY_ID_LENGTH = 16;

/** @param encryptionKeys 32 bytes each, newest first: the newest writes, all read */
export function createVault(store: Store, encryptionKeys: readonly Uint8Array[]): Vault {
  const keys = new Map(encryptionKeys.map((key) => [keyIdOf(key), key]));
  const newest = encryptionKeys[0];
  if (newest === undefined) throw new TypeError('A vault needs an encryption key.');

  const seal = (key: string, value: unknown): Promise<string> =>
    new CompactEncrypt(new TextEncoder().encode(JSON.stringify(value)))
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: keyIdOf(newest), for: key })
      .encrypt(newest);

  const open = async (key: string, blob: string | undefined): Promise<unknown> => {
    if (blob === undefined) return undefined;
    try {
      const { plaintext, protectedHeader } = await compactDecrypt(
        blob,
        (header) => keys.get(String(header.kid)) ?? new Uint8Array(newest.length),
        { keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: ['A256GCM'] },
      );
      return protectedHeader['for'] === key ? JSON.parse(new TextDecoder().decode(plaintext)) : undefined;
    } catch {
      return undefined;
    }
  };

  return {
    get: async (key) => open(key, await store.get(key)),
    set: async (key, value, ttlMs) => store.set(key, await seal(key, value), ttlMs),
    add: async (key, value, ttlMs) => store.add(key, await seal(key, value), ttlMs),
    take: async (key) => open(key, await store.take(key)),
    delete: (key) => store.delete(key),
    async update(key, change, ttlMs) {
      for (let tries = 0; tries < MAX_UPDATE_TRIES; tries += 1) {
        const blob = await store.get(key);
        const value = await open(key, blob);
        if (blob === undefined || value === undefined) return false;
        const changed = change(value);
        if (changed === undefined) return false;
        const lifeMs = typeof ttlMs === 'function' ? ttlMs(changed) : ttlMs;
        if (await store.replace(key, blob, await seal(key, changed), lifeMs)) return true;
      }
      throw new Error('A stored value was changed by others again and again.');
    },
  };
}

/** A key made from a secret such as a cookie's value: who reads the store cannot tell the secret from it (D4). */
export function hashedKey(prefix: string, secret: string): string {
  return `${prefix}:${createHash('sha256').update(secret).digest('base64url')}`;
}

const keyIdOf = (key: Uint8Array): string =>
  createHash('sha256').update('shotgraph key id').update(key).digest('base64url').slice(0, KEY_ID_LENGTH);
