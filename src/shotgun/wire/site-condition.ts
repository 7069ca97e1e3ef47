import type { Logger } from '../../base/logger.ts';
import type { Config } from '../../config/config.ts';
import { type Circuit, createCircuit } from './circuit.ts';
import { createSiteProbe } from './site-probe.ts';

/** The site's condition as this process sees it. All parts that call the site share it. */
export interface SiteCondition {
  readonly circuit: Circuit;
  close(): Promise<void>;
}

export interface SiteConditionDeps {
  readonly settings: Pick<Config['site'], 'url' | 'timeoutMs'>;
  readonly logger: Logger;
  readonly onCircuit?: (isOpen: boolean) => void;
}

/** Creates the circuit and the probe that it uses. `onCircuit` is called when the circuit opens or closes. */
export function createSiteCondition({ settings, logger, onCircuit }: SiteConditionDeps): SiteCondition {
  const probe = createSiteProbe(settings);
  const told = onCircuit === undefined ? {} : { onOpen: onCircuit };
  return { circuit: createCircuit({ logger, ask: probe.ask, ...told }), close: () => probe.close() };
}
