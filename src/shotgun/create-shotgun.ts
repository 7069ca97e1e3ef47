import type { Clock } from '../base/clock.ts';
import type { Login } from '../base/ids.ts';
import type { Logger } from '../base/logger.ts';
import type { Config } from '../config/config.ts';
import { writeBatch } from './calls/batch.ts';
import { readFieldInfo } from './calls/field-info.ts';
import { follow, readFollowers, readFollowing, unfollow } from './calls/follows.ts';
import type { OwnAccounts } from './acting/own-accounts.ts';
import { createPersonCallers } from './acting/person-callers.ts';
import type { PersonCaller } from './wire/person-caller.ts';
import { createScriptCheck } from './script/script-check.ts';
import { ScriptHealth } from './script/script-health.ts';
import { searchRows } from './calls/search.ts';
import type { ActingClient, ActingOptions, Shotgun } from './port/shotgun.ts';
import { createSiteCondition, type SiteCondition } from './wire/site-condition.ts';
import { summarizeRows } from './calls/summarize.ts';
import { searchText } from './calls/text-search.ts';
import type { Actor } from './port/actor.ts';
import { readActivity, readNoteThread } from './calls/threads.ts';
import { createTransport } from './wire/transport.ts';
import type { OnSiteCall } from './wire/site-pool.ts';
import { createUploadSteps } from './calls/upload.ts';
import { createRecord, deleteRecord, reviveRecord, updateRecord } from './calls/write.ts';

export interface ShotgunDeps {
  readonly settings: Config['site'];
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onSiteCall?: OnSiteCall;
  readonly onWaiting?: (change: 1 | -1) => void;
  readonly condition?: SiteCondition;
  /** For people who act by their own account; without it there are none. */
  readonly own?: Pick<OwnAccounts, 'mint' | 'spoil'>;
}

/**
 * The client of the one site. What it makes can call as people only: nothing here can mint a token of
 * the script itself, so a mistake further up cannot read or write with the script's rights.
 */
export function createShotgun(deps: ShotgunDeps): Shotgun {
  const condition = deps.condition ?? createSiteCondition(deps);
  const transport = createTransport({ ...deps, condition });
  const script = createScriptCheck({ ...deps, condition });
  const health = new ScriptHealth(deps.logger, script);
  const callers = createPersonCallers({ ...deps, transport, health });
  return {
    as: (login, options) =>
      createActingClient(login, callers.callerOf(actorOf(login, options), options?.onTimed)),
    identify: (login) => callers.identify(login),
    standing: (login, options) => callers.standing(actorOf(login, options)),
    async ping() {
      // Beside each other: both have to be there within two seconds. What is true of the site comes first.
      const [site, key] = await Promise.allSettled([condition.circuit.look(), health.check()]);
      for (const outcome of [site, key]) if (outcome.status === 'rejected') throw outcome.reason;
    },
    async close() {
      await Promise.all([transport.close(), script.close()]);
      if (deps.condition === undefined) await condition.close();
    },
  };
}

const actorOf = (login: Login, { personId, sessionUuid, own }: ActingOptions = {}): Actor => ({
  login,
  personId: own?.personId ?? personId ?? null,
  sessionUuid: sessionUuid ?? null,
  own: own ?? null,
});

function createActingClient(login: Login, caller: PersonCaller): ActingClient {
  return {
    login,
    search: (request, options) => searchRows(caller, request, options),
    create: (type, values, options) => createRecord(caller, type, values, options),
    update: (type, id, values, options) => updateRecord(caller, { type, id }, values, options),
    delete: (type, id, options) => deleteRecord(caller, { type, id }, options),
    revive: (type, id, options) => reviveRecord(caller, { type, id }, options),
    batch: (operations, options) => writeBatch(caller, operations, options),
    summarize: (request, options) => summarizeRows(caller, request, options),
    textSearch: (request, options) => searchText(caller, request, options),
    noteThread: (noteId, options) => readNoteThread(caller, noteId, options),
    activity: (target, request, options) => readActivity(caller, target, request, options),
    followers: (target, options) => readFollowers(caller, target, options),
    following: (personId, options) => readFollowing(caller, personId, options),
    follow: (personId, targets, options) => follow(caller, personId, targets, options),
    unfollow: (personId, target, options) => unfollow(caller, personId, target, options),
    fieldInfo: (place, options) => readFieldInfo(caller, place, options),
    uploads: createUploadSteps(caller),
  };
}
