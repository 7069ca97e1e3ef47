import type { Login } from '../../base/ids.ts';
import type { Circuit } from '../wire/circuit.ts';
import type { GrantDeps } from '../wire/grant.ts';
import { mintPersonToken } from './sudo-token.ts';
import { mintScriptToken } from './script-token.ts';
import type { SiteCondition } from '../wire/site-condition.ts';
import { createTransport, type TransportDeps } from '../wire/transport.ts';

/** Tries the script's key. Nothing is read with what comes of it. */
export interface ScriptCheck {
  /** By a token without `scope`: it is about nobody. Errors: `UPSTREAM_AUTH`, or that the site is out of order. */
  ofKey(): Promise<void>;
  /** By a token for this person. */
  ofSudo(login: Login): Promise<void>;
  close(): Promise<void>;
}

/** Readiness has to answer within two seconds. */
const CHECK_MS = 1500;

/** It has its own connections, because those of the people may all hang. */
export function createScriptCheck(
  deps: TransportDeps & Omit<GrantDeps, 'transport'> & { readonly condition: SiteCondition },
): ScriptCheck {
  const timeoutMs = Math.min(CHECK_MS, deps.settings.timeoutMs);
  const transport = createTransport({
    ...deps,
    settings: { ...deps.settings, timeoutMs },
    condition: { ...deps.condition, circuit: unheard(deps.condition.circuit) },
    maxConnections: 2,
  });
  return {
    async ofKey() {
      await mintScriptToken({ ...deps, transport });
    },
    async ofSudo(login) {
      await mintPersonToken({ ...deps, transport }, { login, sessionUuid: null });
    },
    close: () => transport.close(),
  };
}

/** It keeps away from the site like everybody, but its own failures shut nobody out: its time is shorter than that of people. */
const unheard = (circuit: Circuit): Circuit => ({
  admit: (call, signal) => circuit.admit(call, signal),
  busy: (call, pause) => circuit.busy(call, pause),
  isOpen: () => circuit.isOpen(),
  look: () => circuit.look(),
  answered: () => undefined,
  failed: async () => undefined,
});
