import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { parseState } from '../../../src/browser/handover-server.ts';

describe('what the frame learns of a sign-in in its window', () => {
  it.each([
    [{ kind: 'waiting' }],
    [{ kind: 'over' }],
    [{ kind: 'refused', prompt: 'select_account' }],
    [{ kind: 'refused', prompt: null }],
    [{ kind: 'approved', code: 'c0de' }],
  ])('is read as the server said it: %j', (state) => {
    expect(parseState(state)).toEqual(state);
  });

  it('counts as the end if the frame does not know the word', () => {
    const known: unknown[] = ['waiting', 'refused', 'approved'];
    const word = fc.anything().filter((kind) => !known.includes(kind));
    fc.assert(
      fc.property(word, (kind) => {
        expect(parseState({ kind })).toEqual({ kind: 'over' });
      }),
    );
  });

  it('is no approval without a code', () => {
    expect(() => parseState({ kind: 'approved' })).toThrow('cannot be read');
  });
});
