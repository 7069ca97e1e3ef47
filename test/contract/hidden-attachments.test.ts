import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SiteWorld, startSiteWorld } from '../support/site-world.ts';

describe('A graph in which Attachment is read-only', () => {
  let world: SiteWorld;
  beforeAll(async () => {
    world = await startSiteWorld({}, { exposure: 'types: { Attachment: { readOnly: true } }' });
  });
  afterAll(() => world.close());

  it.each(['', 'field: "attachments", '])(
    'attaches no file, not even by the name of its list (%s)',
    async (field) => {
      const upload = `requestUpload(entity: { type: "Note", id: 1 }, ${field}fileName: "a.png", sizeBytes: 3) { id }`;
      const { errors } = await world.ask(`mutation { ${upload} }`);
      expect(errors.map(({ extensions }) => [extensions.code, extensions.details])).toEqual([
        ['BAD_USER_INPUT', { path: 'entity.type', value: 'Note' }],
      ]);
      expect(await world.takeCalls()).toEqual([]);
    },
  );
});
