import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { Config } from '../config/config.ts';
import type { Locks } from '../store/locks.ts';
import type { Vault } from '../store/vault.ts';
import { createAmiEvents } from './script/ami-events.ts';
import { createShotgun } from './create-shotgun.ts';
import type { OnScriptRead } from './script/doors.ts';
import { createDirectory, createPeople } from './script/directory.ts';
import { createOwnAccounts } from './acting/own-accounts.ts';
import type { OnJoined } from './acting/reads-under-way.ts';
import type { OnWaiting } from './wire/fair-turns.ts';
import { createSiteCondition } from './wire/site-condition.ts';
import type { OnSiteCall } from './wire/site-pool.ts';
import { createUploadStorage } from './upload-storage.ts';

/** What is told of the site's calls while the server runs. */
export interface SiteSigns {
  readonly onSiteCall: OnSiteCall;
  readonly onWaiting: OnWaiting;
  readonly onJoined: OnJoined;
  readonly onCircuit: (isOpen: boolean) => void;
}

/** What all accesses to the site share. */
export interface SiteDeps extends SiteSigns {
  readonly settings: Config['site'];
  readonly clock: Clock;
  readonly logger: Logger;
  readonly vault: Vault;
  readonly locks: Locks;
  readonly onScriptRead: OnScriptRead;
  /** Aborted once the server stops. */
  readonly stopping: AbortSignal;
}

/**
 * Every access to the site: as a person, and the narrow script reads for when the person is not known yet. They
 * share one view of the site's condition.
 */
export function openSite(given: SiteDeps) {
  const condition = createSiteCondition(given);
  const deps = { ...given, condition };
  const directory = createDirectory(deps);
  const accounts = createOwnAccounts({ ...deps, describe: (id) => directory.byId(id) });
  const shotgun = createShotgun({ ...deps, own: accounts });
  const people = createPeople({ directory, shotgun });
  const clicks = createAmiEvents(deps);
  const storage = createUploadStorage(deps.settings);
  const all = [directory, accounts, shotgun, clicks, storage, condition];
  const close = (): Promise<unknown> => Promise.all(all.map((door) => door.close()));
  return { shotgun, people, clicks, accounts, storage, close };
}
