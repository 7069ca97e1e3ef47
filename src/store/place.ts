import { sha256 } from '../base/digest.ts';
import type { Store } from './store.ts';

/** Whose records they are. Two servers that differ in one of these share nothing, even on one Redis with the same keys. */
export interface PlaceSettings {
  readonly site: { readonly url: string };
  readonly oidc: { readonly issuer: string; readonly clientId: string };
}

/** A short name of the place, which tells who reads the store nothing about it. */
export function placeOf({ site: { url }, oidc: { issuer, clientId } }: PlaceSettings): string {
  return sha256(JSON.stringify([url, issuer, clientId]));
}

/** The keys and channels of one place in a store that others use as well. */
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
