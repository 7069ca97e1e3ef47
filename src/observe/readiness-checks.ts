import { checkStore } from '../store/check-store.ts';
import type { Store } from '../store/store.ts';
import type { Found, Probe } from './readiness.ts';

/** The parts that this server needs, and how each is checked. */
export interface Checked {
  readonly oidc: { check(): Promise<void> };
  readonly shotgun: { ping(): Promise<void> };
  readonly store: Pick<Store, 'set' | 'replace' | 'take'>;
  readonly replays: { look(): Promise<void> };
  /** The clock skew that the ages of launches suggest. */
  readonly clock: () => Found;
  /** Whether the audit trail can be written; undefined without a file. */
  readonly audit: (() => Found) | undefined;
}

export const checksOf = ({ oidc, shotgun, store, replays, clock, audit }: Checked): readonly Probe[] => [
  { name: 'identity provider', check: () => oidc.check() },
  { name: 'site', check: () => shotgun.ping() },
  // Finds data that the store has lost before the next launch arrives.
  { name: 'store', check: () => checkStore(store).then(() => replays.look()) },
  // All servers of a studio may have a wrong clock, so none is removed for it.
  { name: 'clock', check: async () => clock() },
  // Requests continue without it, so no server is removed for it.
  ...(audit === undefined ? [] : [{ name: 'audit trail', check: async () => audit() }]),
];
