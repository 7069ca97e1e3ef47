import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import {
  judge,
  MAX_MESSAGE_CHARACTERS,
  SANDBOX_ORIGIN,
} from '../../../src/explorer/sandbox/sandbox-messages.ts';

const FRAME = {};
const QUERY = {
  name: 'ExplorerRequest',
  operationId: '1',
  operation: '{ viewer { login } }',
  endpointUrl: 'http://localhost/graphql',
};
const from = (
  data: unknown,
  { source = FRAME, origin = SANDBOX_ORIGIN }: { source?: unknown; origin?: string } = {},
) => judge({ source, origin, data }, FRAME).kind;
const NAMES = ['ExplorerListeningForHandshake', 'IntrospectionQueryWithHeaders', 'ExplorerRequest'];

describe('the messages that the package for the Sandbox may receive', () => {
  it('are those of its frame, from its exact origin', () => {
    expect(from(QUERY)).toBe('accepted');
    fc.assert(
      fc.property(fc.oneof(fc.webUrl(), fc.string(), fc.constant(`${SANDBOX_ORIGIN}/`)), (origin) => {
        fc.pre(origin !== SANDBOX_ORIGIN);
        expect(from(QUERY, { origin })).toBe('dropped');
      }),
    );
    for (const source of [{}, 'window', 0]) expect(from(QUERY, { source })).toBe('dropped');
  });

  it('are none while there is no frame', () => {
    for (const nothing of [null, undefined])
      expect(judge({ source: nothing, origin: SANDBOX_ORIGIN, data: QUERY }, nothing).kind).toBe('dropped');
  });

  it('have one of three names, whatever else is sent', () => {
    const anything = fc.oneof(
      fc.anything({ withNullPrototype: true, withBigInt: true, withMap: true, withTypedArray: true }),
      fc.record({
        name: fc.oneof(fc.string(), fc.constantFrom(...NAMES)),
        operation: fc.anything(),
        operationId: fc.anything(),
      }),
    );
    fc.assert(
      fc.property(anything, (data) => {
        if (from(data) === 'accepted') expect(NAMES).toContain((data as { name: unknown }).name);
      }),
    );
  });

  it('have the shape that the package reads: each field of another kind is dropped', () => {
    const wrong: Readonly<Record<string, readonly unknown[]>> = {
      operationId: ['', 0, null, undefined, {}],
      operation: ['', null, undefined, 1, [], {}],
      endpointUrl: ['', null, undefined, 1],
      operationName: [1, {}, []],
      variables: ['{}', 1, []],
      headers: ['a: b', 1, []],
      fileVariables: [[{}], {}, 'file'],
    };
    for (const [field, values] of Object.entries(wrong))
      for (const value of values)
        expect([field, value, from({ ...QUERY, [field]: value })]).toEqual([field, value, 'dropped']);
    expect(from({ ...QUERY, operationName: '', variables: {}, headers: null, fileVariables: [] })).toBe(
      'accepted',
    );
  });

  it('are no larger than a request to the server, and not endless', () => {
    const room = MAX_MESSAGE_CHARACTERS - JSON.stringify({ ...QUERY, operation: '' }).length;
    expect(from({ ...QUERY, operation: 'x'.repeat(room) })).toBe('accepted');
    expect(from({ ...QUERY, operation: 'x'.repeat(room + 1) })).toBe('dropped');
    const loop: Record<string, unknown> = {};
    loop['loop'] = loop;
    expect(from({ ...QUERY, variables: loop })).toBe('dropped');
    expect(from({ ...QUERY, variables: { n: 1n } })).toBe('dropped');
  });
});
