import { describe, expect, it } from 'vitest';
import { writableFields, compileWrite, type WriteInput } from '../../../src/query/write/write-values.ts';
import { LinkDoubts } from '../../../src/query/input/links.ts';
import type { FieldInfo } from '../../../src/query/ports/ports.ts';
import { smallStudio } from '../../support/small-studio.ts';

const studio = smallStudio();
const typeOf = (name: string) => {
  const type = studio.types.get(name);
  if (type === undefined) throw new Error(name);
  return type;
};
const compiled = (
  input: WriteInput,
  mode: 'create' | 'update' = 'update',
  type = 'Version',
  doubts = new LinkDoubts(),
) => compileWrite({ schema: studio, type: typeOf(type), mode, at: ['input'], doubts }, input);
/** A site that has the same types as the pulled schema. */
const asPulled = async ({ type, field }: { type: string; field: string }): Promise<FieldInfo> => ({
  editable: true,
  validValues: [],
  displayValues: new Map(),
  hiddenValues: [],
  validTypes: typeOf(type).fields.get(field)?.validTypes ?? [],
  defaultValue: null,
});
const refused = async (input: WriteInput, type = 'Version'): Promise<unknown> => {
  try {
    const doubts = new LinkDoubts();
    compiled(input, 'update', type, doubts);
    await doubts.settle(asPulled, (name) => studio.types.get(name)?.graphqlName);
  } catch (error) {
    const { code, details } = error as { code: string; details: Record<string, unknown> };
    return { code, ...details };
  }
  return 'accepted';
};

describe('values to write', () => {
  it.each<[string, WriteInput, unknown]>([
    ['text', { code: 'comp_v002' }, { code: 'comp_v002' }],
    ['nothing', { description: null }, { description: null }],
    [
      'a whole number of a float field, which the site refuses as a number',
      { sgFrameRate: 25 },
      { sg_frame_rate: '25' },
    ],
    ['a status', { sgStatusList: 'apr' }, { sg_status_list: 'apr' }],
    ['a link', { sgTask: { type: 'Task', id: 3 } }, { sg_task: { type: 'Task', id: 3 } }],
    ['an emptied link', { sgTask: null }, { sg_task: null }],
    [
      'a web address',
      { sgUploadedMovie: { url: 'https://x.example/a', name: null } },
      { sg_uploaded_movie: { url: 'https://x.example/a' } },
    ],
  ])('%s', (_, input, values) => {
    expect(compiled(input)).toEqual(values);
  });

  it.each(['set', 'add', 'remove'])('%s a list of links with the mode said, never as a bare list', (mode) => {
    const value = [{ type: 'Playlist', id: 5 }];
    expect(compiled({ playlists: { [mode]: value } })).toEqual({
      playlists: { multi_entity_update_mode: mode, value },
    });
  });

  it('give a new record its lists of links as they are', () => {
    const value = [{ type: 'Playlist', id: 5 }];
    expect(compiled({ playlists: value }, 'create')).toEqual({ playlists: value });
  });

  it.each<[string, WriteInput, Record<string, unknown>]>([
    [
      'a link of a wrong type',
      { sgTask: { type: 'Shot', id: 1 } },
      { path: 'input.sgTask', value: { type: 'Shot', id: 1 }, legal: ['Task'] },
    ],
    [
      'a list with a wrong link',
      {
        playlists: {
          add: [
            { type: 'Playlist', id: 1 },
            { type: 'Shot', id: 2 },
          ],
        },
      },
      { path: 'input.playlists.add.1', value: { type: 'Shot', id: 2 }, legal: ['Playlist'] },
    ],
    [
      'two changes of one list',
      { playlists: { add: [], remove: [] } },
      { path: 'input.playlists', value: ['set', 'add', 'remove'].slice(1) },
    ],
    ['no change of a list', { playlists: {} }, { path: 'input.playlists', value: [] }],
    ['a checkbox that is null', { clientApproved: null }, { path: 'input.clientApproved', value: null }],
    [
      'an address that is a script',
      { sgUploadedMovie: { url: 'javascript:alert(1)' } },
      { path: 'input.sgUploadedMovie', value: 'javascript:alert(1)' },
    ],
    [
      'a local file',
      { sgUploadedMovie: { url: 'file:///etc/passwd' } },
      { path: 'input.sgUploadedMovie', value: 'file:///etc/passwd' },
    ],
    ['nothing at all', {}, { path: 'input' }],
  ])('refuse %s before anything is written', async (_, input, details) => {
    expect(await refused(input)).toEqual({ code: 'BAD_USER_INPUT', ...details });
  });

  it('accept any valid type name in a link field without declared types', async () => {
    expect(compiled({ entity: { type: 'Ticket', id: 3 } }, 'update', 'Reply')).toEqual({
      entity: { type: 'Ticket', id: 3 },
    });
    expect(await refused({ entity: { type: '../x', id: 3 } }, 'Reply')).toMatchObject({
      code: 'BAD_USER_INPUT',
    });
  });

  it('let ShotGrid check statuses and list values, because an administrator may have added some', () => {
    expect(compiled({ sgStatusList: 'new' })).toEqual({ sg_status_list: 'new' });
  });

  it('are never fields that the site sets, images, or replies, since setting replies deletes rows', () => {
    const names = (type: string) => writableFields(typeOf(type), 'create').map(({ name }) => name);
    expect(names('EventLogEntry')).toEqual([]);
    expect(names('Version')).not.toEqual(expect.arrayContaining(['image']));
    expect(names('Version')).not.toEqual(expect.arrayContaining(['created_at']));
    expect(names('Version')).not.toEqual(expect.arrayContaining(['cached_display_name']));
    expect(names('Note')).not.toEqual(expect.arrayContaining(['replies']));
  });
});
