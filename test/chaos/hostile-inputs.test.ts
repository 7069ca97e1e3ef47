import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type InputFuzz, startInputFuzz } from '../support/fuzz-inputs.ts';

describe('hostile values at every input type of the schema', () => {
  let fuzz: InputFuzz;
  beforeAll(async () => {
    fuzz = await startInputFuzz();
  });
  afterAll(() => fuzz.close());

  it('are refused at their place, or used, with bounded work', async () => {
    expect(fuzz.places.length).toBeGreaterThan(300);
    for (const [turn, place] of fuzz.places.entries()) {
      // One request after the other: their work is counted.
      expect({ place: place.place, refused: (await fuzz.attackInTurn(place, turn)) > 3 }).toEqual({
        place: place.place,
        refused: true,
      });
    }
  }, 600_000);
});
