import type { AppError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { isOutage } from '../base/error-kinds.ts';
import { MINUTE_MS } from '../base/units.ts';

/**
 * An operator's log lines about an outage: a `warn` at its first error, one with a count each further minute, and
 * an `info` after a minute without such an error. So a thousand failing requests write a few lines.
 */
export interface OutageLog {
  /** Counts the error of one answer, if it is an outage. */
  note(error: AppError, requestId?: string): void;
  /** Ends the open outages. */
  close(): void;
}

/** One kind of trouble: the same code, from the same upstream, at the same operation. */
interface Trouble {
  readonly fields: Pick<Told, 'code' | 'upstream' | 'operation'>;
  readonly sinceMs: number;
  readonly timer: NodeJS.Timeout;
  lastMs: number;
  total: number;
  /** Since the last line. */
  recent: number;
}

interface Told {
  readonly code: string;
  readonly upstream?: string;
  readonly operation?: string;
}

export function createOutageLog(logger: Logger, everyMs = MINUTE_MS): OutageLog {
  const open = new Map<string, Trouble>();

  function end(key: string, { fields, timer, total, sinceMs, lastMs }: Trouble): void {
    clearInterval(timer);
    open.delete(key);
    logger.info('outage.over', { ...fields, count: total, durationMs: Math.round(lastMs - sinceMs) });
  }

  function look(key: string): void {
    const trouble = open.get(key);
    if (trouble === undefined) return;
    if (trouble.recent === 0) return end(key, trouble);
    logger.warn('outage', { ...trouble.fields, count: trouble.recent });
    trouble.recent = 0;
  }

  return {
    note(error, requestId) {
      if (!isOutage(error)) return;
      const fields = toldOf(error);
      const key = JSON.stringify([fields.code, fields.upstream, fields.operation]);
      const now = performance.now();
      const known = open.get(key);
      if (known !== undefined) {
        known.total += 1;
        known.recent += 1;
        known.lastMs = now;
        return;
      }
      const timer = setInterval(() => look(key), everyMs).unref();
      open.set(key, { fields, sinceMs: now, lastMs: now, total: 1, recent: 0, timer });
      logger.warn('outage', { ...fields, count: 1, ...(requestId !== undefined && { requestId }), error });
    },
    close() {
      for (const [key, { timer, recent }] of open) {
        clearInterval(timer);
        // The outage continues: log the errors since the last line.
        if (recent > 0) look(key);
      }
      open.clear();
    },
  };
}

/** Without a known call, log the place in our schema. A name invented by a client never gets here. */
function toldOf({ code, details = {}, operation = details['field'] }: AppErrorFields): Told {
  const { system, upstream = system ?? upstreamOf(code) } = details;
  return {
    code,
    ...(typeof upstream === 'string' && { upstream }),
    ...(typeof operation === 'string' && { operation }),
  };
}

type AppErrorFields = Omit<Pick<AppError, 'code' | 'details' | 'operation'>, 'operation'> & {
  readonly operation?: unknown;
};

function upstreamOf(code: string): string | undefined {
  if (code.startsWith('IDP_')) return 'idp';
  return code.startsWith('UPSTREAM_') || code.startsWith('SHOTGUN_') ? 'shotgrid' : undefined;
}
