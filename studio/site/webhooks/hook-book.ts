import { randomUUID } from 'node:crypto';
import { createDeliverer } from './deliverer.ts';
import type { Deliverer, DelivererDeps } from './deliverer.ts';
import type { Delivery, Hook, HookSettings, HookStatus } from './hook.ts';
import { statusEvent } from './hook-events.ts';

/** The hooks of a site and what was sent to them. */
export interface HookBook {
  readonly hooks: ReadonlyMap<string, Hook>;
  readonly deliveries: ReadonlyMap<string, Delivery>;
  readonly deliverer: Deliverer;
  add(settings: HookSettings): Hook;
  remove(id: string): void;
  /** Sets the state, and tells the hook itself of it where it changed (API 10.2). */
  setStatus(hook: Hook, status: HookStatus): void;
  clear(): void;
}

const DAY_MS = 86_400_000;
const KEPT_MS = 7 * DAY_MS;
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
    hook.failuresAtMs = hook.failuresAtMs.filter((atMs) => atMs > now() - DAY_MS);
    if (delivery.responseCode === 0 || delivery.responseCode >= 400) hook.failuresAtMs.push(now());
    if (hook.status === 'disabled' || hook.status === 'failed') return;
    hook.status = hook.failuresAtMs.length > 0 ? 'unstable' : 'active';
    if (hook.failuresAtMs.length >= MAX_FAILURES) hook.status = 'failed';
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
    remove: (id) => hooks.delete(id),
    setStatus(hook, status) {
      const previous = hook.status;
      if (previous === status) return;
      hook.status = status;
      if (status === 'active') hook.failuresAtMs = [];
      deliverer.enqueue(hook, statusEvent(hook, previous, now()));
    },
    clear() {
      hooks.clear();
      deliveries.clear();
    },
  };
}
