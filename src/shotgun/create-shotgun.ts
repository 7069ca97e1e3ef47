import type { Clock } from '../base/clock.ts';
import type { Login } from '../base/ids.ts';
import type { Logger } from '../base/logger.ts';
import type { Config } from '../config/config.ts';
import type { OwnAccounts } from './acting/own-accounts.ts';
import type { OnJoined } from './acting/reads-under-way.ts';
import { createPersonCallers } from './acting/person-callers.ts';
import { createScriptCheck } from './script/script-check.ts';
import { ScriptHealth } from './script/script-health.ts';
import type { ActingOptions, Shotgun } from './client/shotgun.ts';
import { createSiteCondition, type SiteCondition } from './wire/site-condition.ts';
import type { Actor } from './port/actor.ts';
import type { OnWaiting } from './wire/fair-turns.ts';
import { createTransport } from './wire/transport.ts';
import type { OnSiteCall } from './wire/site-pool.ts';

/** What the client needs. Without `condition` it keeps its own view of the site's condition. */
export interface ShotgunDeps {
  readonly settings: Config['site'];
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onSiteCall?: OnSiteCall;
  readonly onWaiting?: OnWaiting;
  readonly onJoined?: OnJoined;
  readonly condition?: SiteCondition;
  /** For people who act through their own account. Without it, only `sudo` is available. */
  readonly own?: Pick<OwnAccounts, 'mint' | 'spoil'>;
}

/**
 * The client of the one site. Its clients call as people only. It cannot mint a token of the script itself, so a
 * bug in a caller cannot read or write with the script's rights.
 */
export function createShotgun(deps: ShotgunDeps): Shotgun {
  const condition = deps.condition ?? createSiteCondition(deps);
  const transport = createTransport({ ...deps, condition });
  const script = createScriptCheck({ ...deps, condition });
  const health = new ScriptHealth(deps.logger, script);
  const callers = createPersonCallers({ ...deps, transport, health });
  return {
    as(login, options) {
      const caller = callers.callerOf(actorOf(login, options));
      return { login, call: (operation, callOptions) => operation.run(caller, callOptions) };
    },
    noteChange: (login, options) => callers.noteChange(actorOf(login, options)),
    identify: (login) => callers.identify(login),
    standing: (login, options) => callers.standing(actorOf(login, options)),
    async ping() {
      // In parallel: both must answer within two seconds. A failure of the site is reported before one of the key.
      const [site, key] = await Promise.allSettled([condition.circuit.look(), health.check()]);
      for (const outcome of [site, key]) if (outcome.status === 'rejected') throw outcome.reason;
    },
    async close() {
      await Promise.all([transport.close(), script.close()]);
      if (deps.condition === undefined) await condition.close();
    },
  };
}

const actorOf = (login: Login, { personId, sessionUuid, own, session }: ActingOptions = {}): Actor => ({
  login,
  personId: own?.personId ?? personId ?? null,
  sessionUuid: sessionUuid ?? null,
  own: own ?? null,
  session: session ?? null,
});
