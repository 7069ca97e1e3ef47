import { sha256 } from '../base/digest.ts';
import { openRecord } from './open-record.ts';
import type { Store } from './store.ts';
import { CompactEncrypt } from 'jose';
import type { Logger } from '../base/logger.ts';

/**
 * The owner of the records. Two servers that differ in one of these share nothing, even on one Redis with the same
 * keys.
 */
interface PlaceSettings {
  readonly site: { readonly url: string };
  readonly oidc: { readonly issuer: string; readonly clientId: string };
}

/** A short name of the place. It reveals nothing about the place to a reader of the store. */
export function placeOf({ site: { url }, oidc: { issuer, clientId } }: PlaceSettings): string {
  return sha256(JSON.stringify([url, issuer, clientId]));
}

/** A view of the store with the keys and channels of one place. */
export function placedStore(store: Store, place: string): Store {
  const at = (key: string): string => `${place}:${key}`;
  return {
    get: (key) => store.get(at(key)),
    set: (key, value, ttlMs) => store.set(at(key), value, ttlMs),
    add: (key, value, ttlMs) => store.add(at(key), value, ttlMs),
    replace: (key, expected, value, ttlMs) => store.replace(at(key), expected, value, ttlMs),
    take: (key) => store.take(at(key)),
    delete: (key) => store.delete(at(key)),
    remove: (key, expected) => store.remove(at(key), expected),
    async *entries(prefix) {
      for await (const [key, value] of store.entries(at(prefix))) yield [key.slice(at('').length), value];
    },
    limit: (options) => store.limit({ ...options, name: at(`limit-${options.name}`) }),
    publish: (channel, message) => store.publish(at(channel), message),
    subscribe: (channel, listener) => store.subscribe(at(channel), listener),
    ping: () => store.ping(),
    close: () => store.close(),
  };
}

/**
 * Typed values on a store, encrypted and bound to their key. A dump of the store reveals nothing (D4). A blob that
 * was moved to another key or another server, changed, encrypted with an unknown key or written in another form reads as
 * absent (D5, D27), and may be overwritten.
 */
export interface Vault {
  get(key: string): Promise<unknown>;
  set(key: string, value: unknown, ttlMs: number): Promise<void>;
  /** True where the key was absent and has been written. */
  add(key: string, value: unknown, ttlMs: number): Promise<boolean>;
  /** Reads and deletes in one step. */
  take(key: string): Promise<unknown>;
  /**
   * Reads, changes and writes as one step: `change` may run several times. False where the key is absent or
   * `change` returned undefined. A key that is deleted meanwhile stays deleted.
   *
   * @param ttlMs a function where the lifetime depends on the value: one that was read earlier may be out of date
   */
  update(key: string, change: (value: unknown) => unknown, ttlMs: LifeOf): Promise<boolean>;
  delete(key: string): Promise<void>;
  /** True where a record exists that none of our keys opens: it reads as absent, but is lost. */
  isLost(key: string): Promise<boolean>;
}

/** Milliseconds, or a function of the changed value. */
type LifeOf = number | ((changed: unknown) => number);

/** The server that owns the records of a vault. */
interface VaultOwner {
  /**
   * The owner of the records: `placeOf`. Records of another place read as absent, even under the same encryption
   * keys.
   */
  readonly place: string;
  /** Logs a long-lived record that no key opens any more. */
  readonly logger?: Pick<Logger, 'error'>;
}

const MAX_TRIES = 50;
const KEY_ID_LENGTH = 16;
const KEY_BYTES = 32;

/**
 * Kinds of records that outlive encryption keys and versions of this server. Reading one re-encrypts it with the
 * newest key. Older records without a place are still read: they can only cause a refusal.
 */
export const LASTING: ReadonlySet<string> = new Set(['mapping']);

/**
 * The form of the records of each kind: 1, unless it stands here. A record of another form, such as one that a server of another
 * version wrote, reads as absent: its person signs in or clicks again. Raise it with a change after which a record means something
 * else, or lacks a part that is relied on. Lasting records have no form: who reads them checks them, and knows all that there were.
 */
const FORMS: ReadonlyMap<string, number> = new Map([['launch', 2]]);
/** Kinds whose records of every earlier form are still read: who reads them knows all of them. */
const READ_IN_EARLIER_FORMS: ReadonlySet<string> = new Set(['launch']);
const FIRST_FORM = 1;
const formOf = (key: string): number => FORMS.get(kindOf(key)) ?? FIRST_FORM;

interface Opened {
  readonly value: unknown;
  readonly keyId: string;
}

/** @param encryptionKeys 32 bytes each, newest first: the newest encrypts, all decrypt */
export function createVault(store: Store, encryptionKeys: readonly Uint8Array[], owner: VaultOwner): Vault {
  return new SealedVault(store, encryptionKeys, owner);
}

class SealedVault implements Vault {
  readonly #everywhere: Store;
  readonly #store: Store;
  readonly #keys: ReadonlyMap<string, Uint8Array>;
  readonly #newest: Uint8Array;
  readonly #owner: VaultOwner;

  constructor(store: Store, encryptionKeys: readonly Uint8Array[], owner: VaultOwner) {
    const [newest] = encryptionKeys;
    if (newest === undefined || encryptionKeys.some((key) => key.length !== KEY_BYTES)) {
      throw new TypeError(`A vault needs encryption keys of ${KEY_BYTES} bytes.`);
    }
    this.#everywhere = store;
    this.#store = placedStore(store, owner.place);
    this.#keys = new Map(encryptionKeys.map((key) => [keyIdOf(key), key]));
    this.#newest = newest;
    this.#owner = owner;
  }

  async get(key: string): Promise<unknown> {
    const blob = await this.#store.get(key);
    const opened = this.#open(key, blob);
    if (!LASTING.has(kindOf(key))) return opened?.value;
    if (blob !== undefined && opened !== undefined) {
      if (opened.keyId !== keyIdOf(this.#newest)) await this.#sealAnew(key, blob, opened);
      return opened.value;
    }
    const ofBefore = await this.#everywhere.get(key);
    const openedOfBefore = this.#open(key, ofBefore, null);
    if (blob !== undefined || (ofBefore !== undefined && openedOfBefore === undefined)) {
      this.#owner.logger?.error('store.record_lost', { code: 'UNAVAILABLE', reason: kindOf(key) });
    }
    return openedOfBefore?.value;
  }

  async set(key: string, value: unknown, ttlMs: number): Promise<void> {
    await this.#store.set(key, await this.#seal(key, value), ttlMs);
  }

  async add(key: string, value: unknown, ttlMs: number): Promise<boolean> {
    const sealed = await this.#seal(key, value);
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      if (await this.#store.add(key, sealed, ttlMs)) return true;
      const blob = await this.#store.get(key);
      if (this.#open(key, blob) !== undefined) return false;
      if (blob !== undefined && (await this.#store.replace(key, blob, sealed, ttlMs))) return true;
    }
    throw busy();
  }

  async take(key: string): Promise<unknown> {
    return this.#open(key, await this.#store.take(key))?.value;
  }

  async update(key: string, change: (value: unknown) => unknown, ttlMs: LifeOf): Promise<boolean> {
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const blob = await this.#store.get(key);
      const opened = this.#open(key, blob);
      if (blob === undefined || opened === undefined) return false;
      const changed = change(opened.value);
      if (changed === undefined) return false;
      const lifeMs = typeof ttlMs === 'function' ? ttlMs(changed) : ttlMs;
      if (await this.#store.replace(key, blob, await this.#seal(key, changed), lifeMs)) return true;
    }
    throw busy();
  }

  async delete(key: string): Promise<void> {
    if (LASTING.has(kindOf(key))) await this.#everywhere.delete(key);
    await this.#store.delete(key);
  }

  async isLost(key: string): Promise<boolean> {
    const blob = await this.#store.get(key);
    if (blob !== undefined) return this.#open(key, blob) === undefined;
    const ofBefore = LASTING.has(kindOf(key)) ? await this.#everywhere.get(key) : undefined;
    return ofBefore !== undefined && this.#open(key, ofBefore, null) === undefined;
  }

  #seal(key: string, value: unknown): Promise<string> {
    return new CompactEncrypt(new TextEncoder().encode(JSON.stringify(value)))
      .setProtectedHeader({
        alg: 'dir',
        enc: 'A256GCM',
        kid: keyIdOf(this.#newest),
        for: key,
        of: this.#owner.place,
        form: formOf(key),
      })
      .encrypt(this.#newest);
  }

  /** @param place null for an older record without a place */
  #open(key: string, blob: string | undefined, place: string | null = this.#owner.place): Opened | undefined {
    const opened = blob === undefined ? undefined : openRecord(blob, this.#keys);
    if (opened === undefined) return undefined;
    const { for: ofKey, of: ofPlace = null, form = FIRST_FORM } = opened.header;
    if (ofKey !== key || ofPlace !== place) return undefined;
    if (!LASTING.has(kindOf(key)) && !isReadIn(key, form)) return undefined;
    try {
      return { value: JSON.parse(opened.text), keyId: opened.keyId };
    } catch {
      return undefined;
    }
  }

  /** The key that encrypted it may be removed later. Where the write fails now, the record stays as it is. */
  async #sealAnew(key: string, blob: string, { value }: Opened): Promise<void> {
    await this.#store.replace(key, blob, await this.#seal(key, value), 'kept').catch(() => false);
  }
}

function isReadIn(key: string, form: unknown): boolean {
  if (form === formOf(key)) return true;
  return READ_IN_EARLIER_FORMS.has(kindOf(key)) && typeof form === 'number' && form < formOf(key);
}

const busy = (): Error => new Error('A stored value was changed by others again and again.');

/** The kind of a record is the first part of its key. */
export const kindOf = (key: string): string => key.split(':', 1)[0] ?? key;

/** A key derived from a secret such as a cookie's value: the secret cannot be recovered from the store (D4). */
export function hashedKey(prefix: string, secret: string): string {
  return `${prefix}:${sha256(secret)}`;
}

/** A name of an encryption key that reveals nothing about it. */
export const keyIdOf = (key: Uint8Array): string =>
  sha256(Buffer.concat([Buffer.from('shotgraph key id'), key])).slice(0, KEY_ID_LENGTH);
