import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isRandomToken } from '../../../src/base/ids.ts';
import { makeProof } from '../../../src/browser/proof.ts';

describe('the proof that a session is for this frame', () => {
  it('is a verifier that nobody can guess, and the challenge that the server derives from it', async () => {
    const proofs = await Promise.all(Array.from({ length: 50 }, () => makeProof()));
    for (const { verifier, challenge } of proofs) {
      expect([isRandomToken(verifier), isRandomToken(challenge)]).toEqual([true, true]);
      expect(challenge).toBe(createHash('sha256').update(verifier).digest('base64url'));
    }
    expect(new Set(proofs.map(({ verifier }) => verifier)).size).toBe(proofs.length);
  });
});
