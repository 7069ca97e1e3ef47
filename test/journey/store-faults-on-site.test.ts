import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failAtEachCall, faultIn, type StoreFault } from '../support/failing-store.ts';
import { FLOWS_ON_SITE, type SiteWorld, startSiteWorld } from '../support/flows-on-site.ts';

let world: SiteWorld;
let fault: StoreFault;
beforeAll(async () => {
  world = await startSiteWorld();
  fault = faultIn(world.store);
});
afterAll(() => world.studio.stop());

describe.each(Object.entries(FLOWS_ON_SITE))('%s, and the store fails once', (_, prepare) => {
  it.each(['before', 'after'] as const)(
    '%s any one of its calls took effect: a retry finishes it, once',
    async (when) => {
      expect(await failAtEachCall(fault, when, () => prepare(world))).toBeGreaterThan(0);
    },
    60_000,
  );
});
