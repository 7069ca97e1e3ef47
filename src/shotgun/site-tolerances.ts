import { MS_PER_SECOND } from '../base/units.ts';
import type { Config } from '../config/config.ts';
import type { SiteFacts } from '../site/facts/fact-table.ts';

/** Given up this long before the site closes it: a call must not meet a connection that is being closed. */
const MARGIN_SECONDS = 2;
/** One person who opens a wide page must not hold every connection. */
const FOR_THE_OTHERS = 1;
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
    maxCallsPerPerson: Math.min(settings.maxCallsPerPerson, Math.max(1, maxConnections - FOR_THE_OTHERS)),
    ...(idleSeconds !== undefined && {
      keepAliveMs: Math.max(1, MS_PER_SECOND * Math.min(idleBefore(idleSeconds), LONGEST_SECONDS)),
    }),
  };
}

/** Below a few seconds half of the time is the margin. */
const idleBefore = (seconds: number): number => Math.max(seconds / 2, seconds - MARGIN_SECONDS);
