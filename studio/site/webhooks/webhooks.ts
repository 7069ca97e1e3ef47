import type { Router } from 'express';
import type { Caller, StoredRecord, Switches } from '../ports.ts';
import { createHookBook } from './hook-book.ts';
import { deliveredEvent, isWanted } from './hook-events.ts';
import { createWebhookRoutes } from './webhook-routes.ts';

export interface WebhookDeps {
  readonly now: () => number;
  readonly switches: Switches;
  readonly siteUrl: () => string;
  /** New rows of the event log; returns the function that ends it. */
  readonly subscribe: (listener: (entry: StoredRecord) => void) => () => void;
  /** The caller of a request by its Authorization header; throws 401. */
  readonly callerOf: (authorization: string | undefined) => Caller;
  readonly batchWindowMs?: number;
  readonly timeoutMs?: number;
}

export interface Webhooks {
  /** The routes of API 10.2, to be mounted under `/api/v1` and `/api/v1.1`. */
  readonly routes: Router;
  clear(): void;
  /** Ends all deliveries. */
  close(): void;
}

export const webhookSwitches = {
  'webhooks.loopback': {
    byDefault: 'allowed',
    choices: ['allowed', 'refused'],
    section: '10.2',
    meaning: 'whether hooks may point to this machine, which a real site refuses',
  },
} as const;

/** Webhooks with real deliveries (API 10). */
export function createWebhooks(deps: WebhookDeps): Webhooks {
  const { now } = deps;
  const book = createHookBook({
    now,
    siteUrl: deps.siteUrl,
    batchWindowMs: deps.batchWindowMs ?? 2000,
    ...(deps.timeoutMs !== undefined && { timeoutMs: deps.timeoutMs }),
  });
  const unsubscribe = deps.subscribe((entry) => {
    const awake = [...book.hooks.values()].filter(({ status }) => status === 'active');
    if (awake.length === 0) return;
    const event = deliveredEvent(entry, now());
    for (const hook of awake) if (isWanted(hook, event)) book.deliverer.enqueue(hook, event);
  });

  return {
    routes: createWebhookRoutes({
      book,
      now,
      callerOf: deps.callerOf,
      isLoopbackAllowed: (deps.switches['webhooks.loopback'] ?? 'allowed') === 'allowed',
    }),
    clear: () => book.clear(),
    close() {
      unsubscribe();
      book.deliverer.close();
    },
  };
}
