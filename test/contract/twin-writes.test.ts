import { expect, it } from 'vitest';
import fc from 'fast-check';
import { startTwins } from '../support/twin-writes.ts';

/** A sample of what test/chaos tries at length. */
it('some writes of any type through us are those by REST, and each outcome is true', async () => {
  const twins = await startTwins();
  try {
    const told: (string | undefined)[] = [];
    for (const write of fc.sample(twins.writes, { numRuns: 40, seed: 4711 })) {
      // Both sites make the same ids in the same order.
      const { result, trail } = await twins.write(write);
      expect(trail === undefined || trail === result || (result === 'refused' && trail === 'failed')).toBe(
        true,
      );
      told.push(result);
    }
    expect([...new Set(told)].sort()).toEqual(['done', 'refused', 'unknown']);
    const [ours, theirs] = await twins.states();
    expect(ours === theirs).toBe(true);
    // It holds rows and events of both, and no refusals.
    expect(ours).toMatch(/^EventLogEntry active \{"data":\[\{/mu);
    expect(ours).not.toContain('"errors":');
    expect(ours).toContain('sudo_actual_user');
  } finally {
    await twins.close();
  }
});
