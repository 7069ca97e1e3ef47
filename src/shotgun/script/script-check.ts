import type { Login } from '../../base/ids.ts';
import type { Circuit } from '../wire/circuit.ts';
import type { GrantDeps } from '../wire/grant.ts';
import { mintPersonToken } from './sudo-token.ts';
import { mintScriptToken } from './script-token.ts';
import type { SiteCondition } from '../wire/site-condition.ts';
import { createTransport, type TransportDeps } from '../wire/transport.ts';

/** Tests the script's key. The minted tokens are not used to read anything. */
export interface ScriptCheck {
  /** With a token without `scope`, so for no person. Errors: `UPSTREAM_AUTH`, or a failure of the site. */
  ofKey(): Promise<void>;
  /** With a `sudo` token for this person. */
  ofSudo(login: Login): Promise<void>;
  close(): Promise<void>;
}

/** Readiness must answer within two seconds. */
const CHECK_MS = 1500;

/** It has its own connections, because all of the people's connections may hang. */
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

/**
 * Respects the circuit like every call. But its failures do not open the circuit, because its time-out is shorter
 * than that of people's calls.
 */
const unheard = (circuit: Circuit): Circuit => ({
  admit: (call, signal) => circuit.admit(call, signal),
  busy: (call, pause) => circuit.busy(call, pause),
  isOpen: () => circuit.isOpen(),
  look: () => circuit.look(),
  answered: () => undefined,
  failed: async () => undefined,
});
