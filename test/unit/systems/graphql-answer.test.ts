import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { parseGraphqlAnswer } from '../../../src/systems/graphql-answer.ts';

const DATA = { a: 1, b: null };
const parsed = (error: object) => {
  const { data, errors } = parseGraphqlAnswer('reels', { data: DATA, errors: [error] });
  return { data, errors: errors.map(({ path, error: { code } }) => [path, code]) };
};

describe("an error in another system's GraphQL answer", () => {
  it.each<[unknown, string]>([
    [{ code: 403 }, 'SYSTEM_REJECTED'],
    [[], 'SYSTEM_REJECTED'],
    ['FORBIDDEN', 'SYSTEM_REJECTED'],
    [null, 'SYSTEM_REJECTED'],
    [{ code: ['FORBIDDEN'] }, 'SYSTEM_REJECTED'],
    [{ code: 'constructor' }, 'SYSTEM_REJECTED'],
    [{ code: 'FORBIDDEN', trace: [] }, 'FORBIDDEN'],
  ])('with the extensions %j costs its own field and is %s', (extensions, code) => {
    expect(parsed({ message: 'no', path: ['b'], extensions })).toEqual({
      data: DATA,
      errors: [[['b'], code]],
    });
  });

  it('never fails the fields beside it, whatever its extensions, locations and path are', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (extensions, locations, path) => {
        const { data, errors } = parsed({ message: 'no', path, locations, extensions });
        expect([data, errors.length]).toEqual([DATA, 1]);
      }),
    );
  });

  it('is no error if the list is null', () => {
    expect(parseGraphqlAnswer('reels', { data: DATA, errors: null })).toEqual({ data: DATA, errors: [] });
  });

  it.each([['text'], [[]], [null], [{ data: 1 }], [{ data: [] }], [{ errors: 'no' }]])(
    'cannot be read from %j, which is not an answer of GraphQL',
    (answer) => {
      expect(() => parseGraphqlAnswer('reels', answer)).toThrow(
        expect.objectContaining({ code: 'SYSTEM_BROKEN' }),
      );
    },
  );
});
