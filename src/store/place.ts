import { sha256 } from '../base/digest.ts';
import type { Store } from './store.ts';

/**
 * The owner of the records. Two servers that differ in one of these share nothing, even on one Redis with the same
 * keys.
 */
export interface PlaceSettings {
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
