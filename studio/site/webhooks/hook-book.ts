import type { Deliverer } from './deliverer.ts';
import type { Delivery, Hook, HookSettings, HookStatus } from './hook.ts';

/** The hooks of a site and what was sent to them. */
export interface HookBook {
  readonly hooks: ReadonlyMap<string, Hook>;
  readonly deliveries: ReadonlyMap<string, Delivery>;
  readonly deliverer: Deliverer;
  add(settings: HookSettings): Hook;
  remove(id: string): void;
  /** Sets the state, and tells the hook itself of it where it changed (API 10.2). */
  setStatus(hook: Hook, status: HookStatus): void;
}
