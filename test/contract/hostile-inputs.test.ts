import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type InputFuzz, startInputFuzz } from '../support/fuzz-inputs.ts';

/** One of each kind; `test/chaos/hostile-inputs.test.ts` tries every type of the schema. */
const TYPES = [
  'VersionFilter',
  'VersionSort',
  'NoteCreateInput',
  'JSON',
  'Int',
  'BatchOperationInput',
  'MultiLinkInput',
];

describe('hostile values of an input', () => {
  let fuzz: InputFuzz;
  beforeAll(async () => {
    fuzz = await startInputFuzz();
  });
  afterAll(() => fuzz.close());

  it.each(TYPES)(
    'are refused at their place, or used, with bounded work: %s',
    async (name) => {
      const place = fuzz.places.find(({ typeName }) => typeName === name);
      if (place === undefined) throw new Error(`nothing takes a ${name}`);
      expect(await fuzz.attack(place)).toBeGreaterThan(3);
    },
    60_000,
  );
});
