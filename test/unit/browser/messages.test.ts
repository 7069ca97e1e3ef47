import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { handoverMessage, isTaken, parseHandover, TAKEN_MESSAGE } from '../../../src/browser/messages.ts';

const told = fc.record({ handover: fc.string(), code: fc.string() });
/** As a browser carries it from window to window. */
const carried = (message: unknown): unknown => structuredClone(message);

describe('the messages between a sign-in window and the frame that opened it', () => {
  it('arrive as they were sent, and each is accepted only as its own kind', () => {
    fc.assert(
      fc.property(told, (handover) => {
        const message = carried(handoverMessage(handover));
        expect(parseHandover(message)).toEqual(handover);
        expect(isTaken(message)).toBe(false);
      }),
    );
    expect(isTaken(carried(TAKEN_MESSAGE))).toBe(true);
    expect(parseHandover(carried(TAKEN_MESSAGE))).toBeUndefined();
  });

  it('cannot come from others: no message that a page sends by chance is accepted as one', () => {
    fc.assert(
      fc.property(fc.anything(), (message) => {
        expect(parseHandover(message)).toBeUndefined();
        expect(isTaken(message)).toBe(false);
      }),
    );
  });

  it('hold a code and its hand-over as texts: a message of another shape is ignored', () => {
    fc.assert(
      fc.property(told, fc.constantFrom('handover', 'code'), fc.anything(), (handover, name, other) => {
        fc.pre(typeof other !== 'string');
        expect(parseHandover({ ...handoverMessage(handover), [name]: other })).toBeUndefined();
      }),
    );
  });
});
