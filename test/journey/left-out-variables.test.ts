import { afterAll, beforeAll, describe, it } from 'vitest';
import { type SaidWorld, startSaidWorld } from '../support/said-three-times.ts';

/** A seed whose few documents have each way of saying something at least once. */
const SEED = 313;
const RUNS = 10;

describe('a request with variables, some of them omitted or null', () => {
  let world: SaidWorld;
  beforeAll(async () => {
    world = await startSaidWorld();
  });
  afterAll(() => world.close());

  it('has the same result as the request without variables, each of three times', async () => {
    await world.expectAllSame(RUNS, SEED);
  });
});
