import { systemClock } from '../../src/base/clock.ts';
import type { Logger } from '../../src/base/logger.ts';
import type { Config } from '../../src/config/config.ts';
import { createUploadStorage } from '../../src/shotgun/upload-storage.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import type { Store } from '../../src/store/store.ts';
import { createVault } from '../../src/store/vault.ts';
import { createUploads } from '../../src/upload/uploads.ts';
import type { Uploads } from '../../src/upload/upload-port.ts';

const MIB = 1024 * 1024;

export const UPLOAD_SETTINGS: Config['upload'] = {
  maxBytes: 400 * MIB,
  partBytes: 5 * MIB,
  ttlMs: 3_600_000,
  maxStreams: 2,
  streamMs: 60_000,
};

/** Uploads to a storage at one origin, with a store of their own unless one is given. */
export function createTestUploads(
  storageUrl: string,
  logger: Logger,
  store: Store = createMemoryStore(systemClock),
): Uploads {
  return createUploads({
    vault: createVault(store, [new Uint8Array(32).fill(3)], { place: 'test' }),
    storage: createUploadStorage({ storageOrigins: [storageUrl], timeoutMs: 5000 }),
    settings: UPLOAD_SETTINGS,
    logger,
  });
}
