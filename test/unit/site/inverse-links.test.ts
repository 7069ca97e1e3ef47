import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { InverseLinks } from '../../../src/site/inverse-links.ts';
import { loadSiteSchema } from '../../../src/site/load-site-schema.ts';
import { parseSiteSchema } from '../../../src/site/parse-site-schema.ts';
import { wireField, wireSchema } from '../../support/small-site-schema.ts';
import { ROOT } from '../../rules/source-files.ts';

const demo = new InverseLinks(await loadSiteSchema(join(ROOT, 'schema', 'site')));
const link = (...types: string[]) => wireField('entity', { valid_types: types });
const links = (...types: string[]) => wireField('multi_entity', { valid_types: types });

function pairsOf(types: Parameters<typeof wireSchema>[0]): InverseLinks {
  const { entityTypes, fields } = wireSchema(types);
  return new InverseLinks(parseSiteSchema(entityTypes, fields));
}

describe('the inverse of a link', () => {
  it.each([
    ['Cut', 'cut_items', 'CutItem', 'cut'],
    ['CutItem', 'cut', 'Cut', 'cut_items'],
    ['Sequence', 'cuts', 'Cut', 'entity'],
    ['Note', 'attachments', 'Attachment', 'attachment_links'],
    ['Note', 'note_links', 'Shot', 'notes'],
    ['Note', 'note_links', 'Version', 'notes'],
    ['Note', 'note_links', 'Playlist', 'notes'],
    ['Note', 'replies', 'Reply', 'entity'],
    ['Task', 'upstream_tasks', 'Task', 'downstream_tasks'],
    ['Task', 'downstream_tasks', 'Task', 'upstream_tasks'],
    ['Task', 'entity', 'Shot', 'tasks'],
    ['Group', 'users', 'HumanUser', 'groups'],
    ['HumanUser', 'projects', 'Project', 'users'],
    ['Version', 'entity', 'Shot', 'sg_versions'],
    ['Version', 'entity', 'Asset', 'sg_versions'],
    ['Version', 'playlists', 'Playlist', 'versions'],
    ['Asset', 'parents', 'Asset', 'assets'],
    ['Asset', 'assets', 'Asset', 'parents'],
    ['Shot', 'shots', 'Shot', 'parent_shots'],
    ['Department', 'users', 'HumanUser', 'department'],
    ['HumanUser', 'department', 'Department', 'users'],
    ['Department', 'steps', 'Step', 'department'],
    ['Episode', 'sequences', 'Sequence', 'episode'],
    ['PublishedFile', 'upstream_published_files', 'PublishedFile', 'downstream_published_files'],
    ['PublishedFile', 'downstream_published_files', 'PublishedFile', 'upstream_published_files'],
  ])('%s.%s to %s is %s', (type, field, target, inverse) => {
    expect(demo.of(type, field, target)).toBe(inverse);
  });

  it.each([
    ['Task', 'task_assignees', 'HumanUser', 'no field leads back'],
    ['Version', 'created_by', 'HumanUser', 'it says who made a row'],
    ['Version', 'image_source_entity', 'Task', 'it says where a picture comes from'],
    ['Task', 'template_task', 'Task', 'it is a link beside two lists that belong together'],
    ['CutItem', 'shot', 'Shot', 'no field leads back'],
    ['Shot', 'nothing', 'Asset', 'there is no such field'],
  ])('is unknown of %s.%s to %s: %s', (type, field, target) => {
    expect(demo.of(type, field, target)).toBeUndefined();
  });

  it('is the one field that leads back, if no other leads there', () => {
    const pairs = pairsOf({
      CustomEntity01: { sg_parts: links('CustomEntity02'), created_by: link('CustomEntity02') },
      CustomEntity02: { sg_whole: link('CustomEntity01'), updated_by: link('CustomEntity01') },
    });
    expect(pairs.of('CustomEntity01', 'sg_parts', 'CustomEntity02')).toBe('sg_whole');
    expect(pairs.of('CustomEntity02', 'sg_whole', 'CustomEntity01')).toBe('sg_parts');
  });

  it('is unknown if two fields may lead back', () => {
    const pairs = pairsOf({
      CustomEntity01: { sg_parts: links('CustomEntity02') },
      CustomEntity02: { sg_whole: link('CustomEntity01'), sg_other: link('CustomEntity01') },
    });
    expect(pairs.of('CustomEntity01', 'sg_parts', 'CustomEntity02')).toBeUndefined();
  });

  it('is unknown between two single links, which need not show one relation', () => {
    const pairs = pairsOf({
      CustomEntity01: { sg_latest: link('CustomEntity02') },
      CustomEntity02: { sg_whole: link('CustomEntity01') },
    });
    expect(pairs.of('CustomEntity01', 'sg_latest', 'CustomEntity02')).toBeUndefined();
  });

  it('is the list on the other side of a connection, whatever single links there are', () => {
    const types = {
      CustomEntity01: { sg_parts: links('CustomEntity02'), sg_main: link('CustomEntity02') },
      CustomEntity02: { sg_wholes: links('CustomEntity01'), sg_origin: link('CustomEntity01') },
    };
    expect(pairsOf(types).of('CustomEntity01', 'sg_parts', 'CustomEntity02')).toBeUndefined();
    const connected = pairsOf({
      ...types,
      CustomEntity01Connection: { whole: link('CustomEntity01'), part: link('CustomEntity02') },
    });
    expect(connected.of('CustomEntity01', 'sg_parts', 'CustomEntity02')).toBe('sg_wholes');
    expect(connected.of('CustomEntity01', 'sg_main', 'CustomEntity02')).toBeUndefined();
  });

  it('of one type is the other of two lists, and unknown of one list or three', () => {
    const self = (...names: string[]) =>
      pairsOf({ CustomEntity01: Object.fromEntries(names.map((name) => [name, links('CustomEntity01')])) });
    expect(self('sg_up', 'sg_down').of('CustomEntity01', 'sg_up', 'CustomEntity01')).toBe('sg_down');
    expect(self('sg_up').of('CustomEntity01', 'sg_up', 'CustomEntity01')).toBeUndefined();
    expect(
      self('sg_up', 'sg_down', 'sg_like').of('CustomEntity01', 'sg_up', 'CustomEntity01'),
    ).toBeUndefined();
  });
});
