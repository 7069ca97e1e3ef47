import { randomUUID } from 'node:crypto';
import type { Router } from 'express';
import type { Caller, StoredRecord, Switches } from '../ports.ts';
import { createDeliverer } from './deliverer.ts';
import type { Delivery, Hook } from './hook.ts';
import type { HookBook } from './hook-book.ts';
import { deliveredEvent, isWanted, statusEvent } from './hook-events.ts';
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

const DAY_MS = 86_400_000;
const KEPT_MS = 7 * DAY_MS;
const MAX_FAILURES = 100;

/** Webhooks with real deliveries (API 10). */
export function createWebhooks(deps: WebhookDeps): Webhooks {
  const { now } = deps;
  const hooks = new Map<string, Hook>();
  const deliveries = new Map<string, Delivery>();

  const record = (hook: Hook, delivery: Delivery): void => {
    hook.deliveryCount += 1;
    deliveries.set(delivery.id, delivery);
    for (const [id, old] of deliveries) {
      if (old.eventTimeMs > now() - KEPT_MS) break;
      deliveries.delete(id);
    }
    hook.failuresAtMs = hook.failuresAtMs.filter((atMs) => atMs > now() - DAY_MS);
    if (delivery.responseCode === 0 || delivery.responseCode >= 400) hook.failuresAtMs.push(now());
    if (hook.status === 'disabled' || hook.status === 'failed') return;
    hook.status = hook.failuresAtMs.length > 0 ? 'unstable' : 'active';
    if (hook.failuresAtMs.length >= MAX_FAILURES) hook.status = 'failed';
  };
  const deliverer = createDeliverer({
    now,
    siteUrl: deps.siteUrl,
    batchWindowMs: deps.batchWindowMs ?? 2000,
    timeoutMs: deps.timeoutMs ?? 6000,
    onDelivered: record,
  });
  const book: HookBook = {
    hooks,
    deliveries,
    deliverer,
    add(settings) {
      const id = randomUUID();
      const hook: Hook = { ...settings, id, status: 'active', deliveryCount: 0, failuresAtMs: [] };
      hooks.set(id, hook);
      return hook;
    },
    remove: (id) => hooks.delete(id),
    setStatus(hook, status) {
      const previous = hook.status;
      if (previous === status) return;
      hook.status = status;
      if (status === 'active') hook.failuresAtMs = [];
      deliverer.enqueue(hook, statusEvent(hook, previous, now()));
    },
  };
  const unsubscribe = deps.subscribe((entry) => {
    const isAsleep = ({ status }: Hook): boolean => status === 'disabled' || status === 'failed';
    const awake = [...hooks.values()].filter((hook) => !isAsleep(hook));
    if (awake.length === 0) return;
    const event = deliveredEvent(entry, now());
    for (const hook of awake) if (isWanted(hook, event)) deliverer.enqueue(hook, event);
  });

  return {
    routes: createWebhookRoutes({
      book,
      callerOf: deps.callerOf,
      isLoopbackAllowed: (deps.switches['webhooks.loopback'] ?? 'allowed') === 'allowed',
    }),
    clear() {
      hooks.clear();
      deliveries.clear();
    },
    close() {
      unsubscribe();
      deliverer.close();
    },
  };
}
