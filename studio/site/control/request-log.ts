import type { RequestHandler } from 'express';
import type { Caller } from '../ports.ts';

export interface LoggedRequest {
  readonly method: string;
  /** Without the query string, which holds secrets in some token requests (API 1.1). */
  readonly path: string;
  /** Login under sudo, name of the script, `HumanUser <id>` for a person's own token, null without a caller. */
  readonly actingAs: string | null;
  /** 0 where no answer was sent. */
  readonly status: number;
  readonly ms: number;
  /** Milliseconds since 1970 by the machine's clock, so that calls made side by side can be told from waves. */
  readonly startedAtMs: number;
}

export interface RequestLog {
  readonly middleware: RequestHandler;
  /** In order of their start. */
  entries(): readonly LoggedRequest[];
  clear(): void;
}

const MAX_ENTRIES = 20_000;

/** What the site was asked, for tests and benchmarks that count calls. Handlers leave `res.locals.caller`. */
export function createRequestLog(): RequestLog {
  let entries: LoggedRequest[] = [];
  return {
    middleware(req, res, next) {
      const startedAtMs = Date.now();
      const start = performance.now();
      const path = req.originalUrl.split('?', 1)[0]!;
      res.once('close', () => {
        entries.push({
          method: req.method,
          path,
          actingAs: actingAs(res.locals.caller as Caller | undefined),
          status: res.headersSent ? res.statusCode : 0,
          ms: Math.round((performance.now() - start) * 10) / 10,
          startedAtMs,
        });
        if (entries.length > MAX_ENTRIES) entries = entries.slice(-MAX_ENTRIES / 2);
      });
      next();
    },
    entries: () => [...entries].sort((a, b) => a.startedAtMs - b.startedAtMs),
    clear() {
      entries = [];
    },
  };
}

function actingAs(caller: Caller | undefined): string | null {
  if (!caller) return null;
  return caller.sudoLogin ?? caller.script?.name ?? `${caller.actor.type} ${caller.actor.id}`;
}
