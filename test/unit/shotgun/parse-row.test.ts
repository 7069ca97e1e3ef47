import { describe, expect, it } from 'vitest';
import { parseRow } from '../../../src/shotgun/wire/http-call.ts';

describe('a resource of the API', () => {
  it('is one row: attributes and links together, values as they came', () => {
    const row = parseRow({
      type: 'Version',
      attributes: {
        code: 'v1',
        sg_ratio: '1.5',
        description: null,
        'entity.Shot.code': 'bridge',
        sg_uploaded_movie: { url: 'https://x', name: 'x.mov' },
      },
      relationships: {
        entity: { data: { id: 3, name: 'bridge', type: 'Shot' }, links: { self: '/x' } },
        sg_task: { data: null, links: {} },
        playlists: {
          data: [
            { id: 5, name: 'dailies', type: 'Playlist' },
            { id: 6, type: 'Playlist' },
          ],
        },
        notes: { data: [] },
      },
      id: 9,
      links: { self: '/y' },
    });
    expect(row).toEqual({
      type: 'Version',
      id: 9,
      fields: {
        code: 'v1',
        sg_ratio: '1.5',
        description: null,
        'entity.Shot.code': 'bridge',
        sg_uploaded_movie: { url: 'https://x', name: 'x.mov' },
        entity: { type: 'Shot', id: 3, name: 'bridge' },
        sg_task: null,
        playlists: [
          { type: 'Playlist', id: 5, name: 'dailies' },
          { type: 'Playlist', id: 6, name: null },
        ],
        notes: [],
      },
    });
  });

  it('may have neither attributes nor links', () => {
    expect(parseRow({ type: 'Shot', id: 1 })).toEqual({ type: 'Shot', id: 1, fields: {} });
  });

  it.each([null, 'x', 7, [], {}, { type: 'Shot' }, { id: 1 }, { type: 1, id: 1 }, { type: 'Shot', id: '1' }])(
    '%j is not a row',
    (resource) => expect(parseRow(resource)).toBeUndefined(),
  );
});
