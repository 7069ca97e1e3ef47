import { describe, expect, it } from 'vitest';
import { exposeSchema } from '../../../src/site/expose.ts';
import type { ExposedSchema } from '../../../src/site/expose.ts';
import { loadExposure, parseExposure } from '../../../src/site/exposure.ts';
import { parseSiteSchema } from '../../../src/site/parse-site-schema.ts';
import { wireField, wireSchema } from '../../support/small-site-schema.ts';

const WIRE = wireSchema({
  Shot: {
    id: wireField('number', {}, { editable: false }),
    code: wireField('text'),
    created_at: wireField('date_time', {}, { editable: false }),
    sg_sequence: wireField('entity', { valid_types: ['Sequence'] }),
    sg_owner: wireField('entity', { valid_types: ['HumanUser', 'ApiUser'] }),
    step_0: wireField('pivot_column'),
  },
  Sequence: { code: wireField('text') },
  ApiUser: { firstname: wireField('text'), salted_password: wireField('text') },
  PlaylistVersionConnection: { sg_sort_order: wireField('number') },
  PageSetting: { settings_json: wireField('text') },
});

const SITE = parseSiteSchema(WIRE.entityTypes, WIRE.fields);

const expose = (yaml: string): ExposedSchema => exposeSchema(SITE, parseExposure(yaml, 'expose.yml'));

describe('without a rule', () => {
  const { types } = expose('');

  it('everything is shown except link tables, page settings, pivot columns and secrets', () => {
    expect([...types.keys()]).toEqual(['ApiUser', 'Sequence', 'Shot']);
    expect([...(types.get('Shot')?.fields.keys() ?? [])]).toEqual([
      'code',
      'created_at',
      'sg_owner',
      'sg_sequence',
    ]);
    expect([...(types.get('ApiUser')?.fields.keys() ?? [])]).toEqual(['firstname']);
  });

  it('a field is read-only if the site says so', () => {
    expect(types.get('Shot')?.fields.get('code')?.readOnly).toBe(false);
    expect(types.get('Shot')?.fields.get('created_at')?.readOnly).toBe(true);
  });

  it('a link has a type of its own only if it can hold no other', () => {
    expect(types.get('Shot')?.fields.get('sg_sequence')?.target).toBe('Sequence');
    expect(types.get('Shot')?.fields.get('sg_owner')?.target).toBeNull();
  });
});

describe('expose.yml', () => {
  it('hides, shows, renames and protects', () => {
    const { types, names } = expose(`
types:
  PlaylistVersionConnection: { hide: false }
  ApiUser: { hide: true }
  Sequence:
    rename: Scene
    readOnly: true
  Shot:
    fields:
      created_at: { hide: true }
      code: { rename: title, readOnly: true }
`);
    expect([...types.keys()]).toEqual(['PlaylistVersionConnection', 'Sequence', 'Shot']);
    expect(types.get('Sequence')).toMatchObject({
      graphqlName: 'Scene',
      readOnly: true,
      rootFields: { one: 'scene', many: 'scenes' },
    });
    expect(types.get('Sequence')?.fields.get('code')?.readOnly).toBe(true);
    expect(types.get('Shot')?.fields.get('code')).toMatchObject({ graphqlName: 'title', readOnly: true });
    expect(types.get('Shot')?.fields.get('sg_sequence')?.target).toBe('Scene');
    expect(types.get('Shot')?.fields.has('created_at')).toBe(false);
    expect(names.systemType('Scene')).toBe('Sequence');
    expect(names.systemField('Shot', 'title')).toBe('code');
    expect(names.systemField('Shot', 'code')).toBeUndefined();
  });

  it.each([
    ['types: { ApiUser: { fields: { salted_password: { hide: false } } } }', '"salted_password" of ApiUser'],
    ['types: { Shot: { fields: { step_0: { rename: step } } } }', '"step_0" of Shot'],
  ])('cannot show a secret or a field that never has a value: %s', (yaml, place) => {
    expect(() => expose(yaml)).toThrow(`${place} has no value or is a secret: it is never shown.`);
  });

  it('cannot change id', () => {
    expect(() => expose('types: { Shot: { fields: { id: { hide: true } } } }')).toThrow(
      'expose.yml:1: "id" of Shot is in every type and has no rules.',
    );
  });

  it('makes a link to a hidden type a link to anything', () => {
    expect(
      expose('types: { Sequence: { hide: true } }').types.get('Shot')?.fields.get('sg_sequence')?.target,
    ).toBeNull();
  });

  it.each([
    ['types:\n  Shott: { hide: true }', 'expose.yml:2: the site has no type "Shott". Did you mean "Shot"?'],
    [
      'types:\n  Shot:\n    fields:\n      sg_sequenc: { hide: true }',
      'expose.yml:4: the site has no field "sg_sequenc" in Shot. Did you mean "sg_sequence"?',
    ],
    ['types:\n  Shot:\n    hidden: true', 'expose.yml:3: unknown key "hidden". Did you mean "hide"? Known:'],
    ['typs: {}', 'expose.yml:1: unknown key "typs". Did you mean "types"?'],
    ['types:\n  Shot:\n    hide: maybe', 'expose.yml:3: "hide" must be true or false.'],
    ['types:\n  Shot: [hide]', 'expose.yml:2: expected a mapping'],
    ['types:\n  Shot: { rename: Viewer }', 'expose.yml:2: "Viewer" cannot be a name here'],
    ['types:\n  Shot: { fields: { code: { rename: "a b" } } }', 'expose.yml:2: "a b" cannot be a name here'],
    ['types:\n  Shot: { rename: query }', 'Take "QueryEntity", for example.'],
    ['types:\n  Shot: { fields: { code: { rename: id } } }', 'Take "idField", for example.'],
    [
      'types:\n  Shot: { rename: Sequence }',
      'expose.yml:2: Sequence and Shot would both be called Sequence in the API.',
    ],
    [
      'types:\n  Shot: { rename: Prop }\n  Sequence: { rename: Prop }',
      'expose.yml:2: Sequence and Shot would both be called Prop in the API.',
    ],
    [
      'types:\n  Shot:\n    fields:\n      code: { rename: sgOwner }',
      'expose.yml:4: code and sg_owner would both be called sgOwner in Shot.',
    ],
    ['types:\n  Shot: {\n', 'expose.yml:'],
    [
      'types: { Shot: { hide: true }, Sequence: { hide: true }, ApiUser: { hide: true } }',
      'hides every type',
    ],
  ])('reports %j', (yaml, problem) => expect(() => expose(yaml)).toThrow(problem));

  it('reports all mistakes at once', () => {
    expect(() => expose('types:\n  Shott: {}\n  Asset: {}')).toThrow(
      expect.objectContaining({ problems: [expect.any(String), expect.any(String)] }),
    );
  });

  it('may be absent', async () => {
    expect((await loadExposure('/nowhere/site')).types.size).toBe(0);
  });
});
