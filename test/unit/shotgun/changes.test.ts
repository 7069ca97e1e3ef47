import { describe, expect, it } from 'vitest';
import { reviveRecord } from '../../../src/shotgun/calls/write.ts';

describe('the changes that a revive states', () => {
  const entity = { type: 'Shot', id: 7 };

  it('are none for a record that was not retired', () => {
    expect(reviveRecord('Shot', 7).changes(false)).toEqual([]);
  });

  it.each([true, undefined])('are the record for the answer %s, which may have revived it', (answer) => {
    expect(reviveRecord('Shot', 7).changes(answer)).toEqual([{ kind: 'revive', entity, fields: [] }]);
  });
});
