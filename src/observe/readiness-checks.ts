import { checkStore } from '../store/check-store.ts';
import type { Store } from '../store/store.ts';
import type { Found, Probe } from './readiness.ts';

/** What this server cannot do without, and how each is tried. */
export interface Checked {
  readonly oidc: { check(): Promise<void> };
  readonly shotgun: { ping(): Promise<void> };
  readonly store: Pick<Store, 'get' | 'set'>;
  readonly replays: { look(): Promise<void> };
  /** What the ages of launches tell of the clock. */
  readonly clock: () => Found;
}

export const checksOf = ({ oidc, shotgun, store, replays, clock }: Checked): readonly Probe[] => [
  { name: 'identity provider', check: () => oidc.check() },
  { name: 'site', check: () => shotgun.ping() },
  // What the store has lost is seen here before the next launch comes.
  { name: 'store', check: () => checkStore(store).then(() => replays.look()) },
  // All servers of a studio may be in this, so none is taken out for it.
  { name: 'clock', check: async () => clock() },
];
