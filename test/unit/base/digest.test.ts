import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { isSameSecret, sha256 } from '../../../src/base/digest.ts';

describe('digests and secrets', () => {
  it('a digest is the SHA-256 of the text, or of its bytes', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.constantFrom('base64url', 'base64', 'hex'),
        (text, form) => {
          const expected = createHash('sha256').update(text).digest(form);
          expect([sha256(text, form), sha256(Buffer.from(text), form)]).toEqual([expected, expected]);
        },
      ),
    );
    expect(sha256('abc', 'hex')).toMatch(/^ba7816bf/u);
    expect(sha256('abc')).toBe(sha256('abc', 'base64url'));
  });

  it('two secrets are the same where every byte is, whatever their lengths', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, other) => {
        expect(isSameSecret(one, other)).toBe(Buffer.from(one).equals(Buffer.from(other)));
        expect(isSameSecret(one, Buffer.from(one))).toBe(true);
        expect(isSameSecret(one, `${one}x`)).toBe(false);
      }),
    );
  });
});
