import { randomToken } from '../base/ids.ts';
import type { Logger } from '../base/logger.ts';
import type { Store } from './store.ts';
import { keyIdOf } from './vault.ts';

export interface KeyWatchDeps {
  /** The store of this server's place: other places have other records. */
  readonly store: Pick<Store, 'set' | 'delete' | 'entries'>;
  /** Newest first. */
  readonly encryptionKeys: readonly Uint8Array[];
  readonly logger: Pick<Logger, 'error'>;
  readonly everyMs?: number;
}

const EVERY_MS = 5000;
const LIVES_PER_LOOK = 3;
const PREFIX = 'keys-of:';

const NOT_EVERYWHERE =
  'Another server lacks the first key here, and signs people out whose records this one writes. Put the new key last everywhere before it is first anywhere.';
const MISSING_HERE =
  'Another server writes with a key that is not in SHOTGRAPH_ENCRYPTION_KEYS here, so its records are nothing here. Add it.';

/**
 * Publishes the names of our keys to other servers, and compares them once with theirs. A new key that is first on
 * one server before all servers have it signs people out, without any visible reason.
 * A killed server counts for some seconds more: if it restarts with other keys meanwhile, it may be warned about itself.
 *
 * @returns stops it
 */
export function watchKeys({
  store,
  encryptionKeys,
  logger,
  everyMs = EVERY_MS,
}: KeyWatchDeps): () => Promise<void> {
  const own = `${PREFIX}${randomToken()}`;
  const names = encryptionKeys.map(keyIdOf);
  let hasLooked = false;

  const look = async (): Promise<void> => {
    await store.set(own, JSON.stringify(names), LIVES_PER_LOOK * everyMs);
    if (hasLooked) return;
    const others: (readonly string[])[] = [];
    for await (const [key, value] of store.entries(PREFIX)) if (key !== own) others.push(namesIn(value));
    hasLooked = true;
    const tell = (reason: string, isMet: (theirs: readonly string[]) => boolean): void => {
      const count = others.filter(isMet).length;
      if (count > 0) logger.error('store.keys_differ', { code: 'UNAVAILABLE', count, reason });
    };
    tell(NOT_EVERYWHERE, (theirs) => !theirs.includes(names[0] ?? ''));
    tell(MISSING_HERE, ([newest = '']) => !names.includes(newest));
  };

  // While the store is unavailable, the next look comes a little later.
  const run = (): void => void look().catch(() => undefined);
  run();
  const timer = setInterval(run, everyMs).unref();
  return async () => {
    clearInterval(timer);
    await store.delete(own).catch(() => undefined);
  };
}

function namesIn(value: string): readonly string[] {
  try {
    const names: unknown = JSON.parse(value);
    return Array.isArray(names) ? names.map(String) : [];
  } catch {
    return [];
  }
}
