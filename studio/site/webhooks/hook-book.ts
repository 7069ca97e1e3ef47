import { randomUUID } from 'node:crypto';
import { createDeliverer } from './deliverer.ts';
import type { Deliverer, DelivererDeps } from './deliverer.ts';
import { recentFailures, statusOf } from './hook.ts';
import type { Delivery, Hook, HookSettings, KeptStatus } from './hook.ts';
import { statusEvent } from './hook-events.ts';

/** The hooks of a site and what was sent to them. */
export interface HookBook {
  readonly hooks: ReadonlyMap<string, Hook>;
  readonly deliveries: ReadonlyMap<string, Delivery>;
  readonly deliverer: Deliverer;
  add(settings: HookSettings): Hook;
  remove(id: string): void;
  /** Sets the state, and notifies the hook itself if it changed (API 10.2). */
  setStatus(hook: Hook, status: KeptStatus): void;
  clear(): void;
}

const KEPT_MS = 7 * 86_400_000;
const MAX_FAILURES = 100;

export function createHookBook(deps: Omit<DelivererDeps, 'onDelivered'>): HookBook {
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
    hook.failuresAtMs = recentFailures(hook, now());
    if (delivery.responseCode === 0 || delivery.responseCode >= 400) hook.failuresAtMs.push(now());
    if (hook.status !== 'active' || hook.failuresAtMs.length < MAX_FAILURES) return;
    hook.status = 'failed';
    deliverer.drop(hook.id);
  };
  const deliverer = createDeliverer({ ...deps, onDelivered: record });
  return {
    hooks,
    deliveries,
    deliverer,
    add(settings) {
      const id = randomUUID();
      const hook: Hook = { ...settings, id, status: 'active', deliveryCount: 0, failuresAtMs: [] };
      hooks.set(id, hook);
      return hook;
    },
    remove(id) {
      hooks.delete(id);
      deliverer.drop(id);
    },
    setStatus(hook, status) {
      const previous = statusOf(hook, now());
      if (hook.status === status) return;
      hook.status = status;
      if (status === 'active') hook.failuresAtMs = [];
      else deliverer.drop(hook.id);
      deliverer.enqueue(hook, statusEvent(hook, previous, now()));
    },
    clear() {
      for (const id of hooks.keys()) deliverer.drop(id);
      hooks.clear();
      deliveries.clear();
    },
  };
}
