import { describe, it } from '@jest/globals';
import { expectSameChanges } from '../support/writes-said-twice.ts';

describe('many changes with variables, of which some are left out or null', () => {
  it('write what the same changes without variables write, each of three times', async () => {
    await expectSameChanges(150);
  }, 600_000);
});
