import type { Request, RequestHandler } from 'express';
import type { Caller } from '../ports.ts';

export interface LoggedRequest {
  readonly method: string;
  /** Without the query string, which holds secrets in some token requests (API 1.1). */
  readonly path: string;
  /** Login under sudo, name of the script, `HumanUser <id>` for a person's own token, null without a caller. */
  readonly actingAs: string | null;
  /** 0 while the call is under way, and where no answer was sent. */
  readonly status: number;
  readonly ms: number;
  /** Milliseconds since 1970 by the machine's clock, to distinguish parallel calls from waves. */
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
      const start = performance.now();
      const entry: Writable<LoggedRequest> = {
        method: req.method,
        path: pathOf(req),
        actingAs: null,
        status: 0,
        ms: 0,
        startedAtMs: Date.now(),
      };
      entries.push(entry);
      if (entries.length > MAX_ENTRIES) entries = entries.slice(-MAX_ENTRIES / 2);
      res.once('close', () => {
        entry.actingAs = actingAs(res.locals.caller as Caller | undefined);
        entry.status = res.headersSent ? res.statusCode : 0;
        entry.ms = Math.round((performance.now() - start) * 10) / 10;
      });
      next();
    },
    entries: () => entries,
    clear() {
      entries = [];
    },
  };
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Path of a request as it was sent, without the query string. */
export function pathOf(req: Request): string {
  return req.originalUrl.replace(/\?.*$/s, '');
}

function actingAs(caller: Caller | undefined): string | null {
  if (!caller) return null;
  return caller.sudoLogin ?? caller.script?.name ?? `${caller.actor.type} ${caller.actor.id}`;
}
