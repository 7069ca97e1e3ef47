import { describe, it } from '@jest/globals';
import { expectSameChanges } from '../support/writes-said-twice.ts';

describe('a change with variables, of which some are left out or null', () => {
  it('writes what the same change without variables writes, each of three times', async () => {
    await expectSameChanges(8);
  }, 120_000);
});
