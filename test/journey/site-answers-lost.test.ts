import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Fault, failAtEachCall, NEVER } from '../support/failing-store.ts';
import { FLOWS_ON_SITE, type SiteWorld, startSiteWorld, uploadToComplete } from '../support/flows-on-site.ts';
import type { Studio } from '../support/studio.ts';

let world: SiteWorld;
beforeAll(async () => {
  world = await startSiteWorld();
});
afterAll(() => world.studio.stop());

/** The site's answer of one call is lost: it has done nothing, or its work. */
const faultAt = (studio: Studio): Fault => ({
  count: async () => (await studio.siteRequests()).length,
  async failAt(at, when) {
    await studio.clearFaults();
    await studio.forgetSiteRequests();
    if (at === NEVER) return;
    // Those before it meet a fault that does nothing.
    await studio.fault({ match: {}, delayMs: 0, times: at - 1 });
    await studio.fault({ match: {}, drop: true, after: when === 'after', times: 1 });
  },
});

const { 'the completion of an upload': _completion, ...repeatable } = FLOWS_ON_SITE;

describe.each(Object.entries(repeatable))("%s, and ShotGrid's answer is lost once", (_, prepare) => {
  it.each(['before', 'after'] as const)(
    '%s any one of its calls took effect: a retry finishes it, once',
    async (when) => {
      await failAtEachCall(faultAt(world.studio), when, () => prepare(world));
    },
    60_000,
  );
});

describe('the completion of an upload, which must not be repeated', () => {
  it.each([
    ['before', 0],
    ['after', 1],
  ] as const)(
    'whose answer is lost %s it was linked is reported as unknown, and not linked again',
    async (when, times) => {
      const { act, linked } = await uploadToComplete(world);
      await world.studio.fault({ match: { method: 'POST' }, drop: true, after: when === 'after', times: 1 });
      const { errors: [error] = [] } = await act();
      await world.studio.clearFaults();
      expect(error?.extensions).toMatchObject({
        code: 'UPSTREAM_UNAVAILABLE',
        details: { outcome: 'unknown' },
      });
      const { errors: [again] = [] } = await act();
      expect([again?.extensions.code, await linked()]).toEqual(['UPLOAD_OVER', times]);
    },
  );
});
