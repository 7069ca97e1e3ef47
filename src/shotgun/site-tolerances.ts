import { MS_PER_SECOND } from '../base/units.ts';
import type { Config } from '../config/config.ts';
import type { SiteFacts } from '../site/facts/fact-table.ts';

/** Given up this long before the site closes it: a call must not meet a connection that is being closed. */
const MARGIN_SECONDS = 2;
/** Load balancers close unused connections after a minute. */
const LONGEST_SECONDS = 58;

/**
 * The settings of the client within what the site was seen to take. A measured limit wins over a setting, because calls
 * beyond it are refused.
 */
export function withTolerances(settings: Config['site'], facts: SiteFacts): Config['site'] {
  const atOnce = facts['connection.callsAtOnce'] || Infinity;
  const idleSeconds = facts['connection.keepAliveSeconds'];
  const maxConnections = Math.min(settings.maxConnections, atOnce);
  return {
    ...settings,
    maxConnections,
    maxCallsPerPerson: Math.min(settings.maxCallsPerPerson, maxConnections),
    ...(idleSeconds !== undefined && {
      keepAliveMs: MS_PER_SECOND * Math.min(Math.max(1, idleSeconds - MARGIN_SECONDS), LONGEST_SECONDS),
    }),
  };
}
