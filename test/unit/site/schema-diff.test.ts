import { describe, expect, it } from 'vitest';
import { EMPTY_EXPOSURE, parseExposure } from '../../../src/site/exposure.ts';
import { parseSiteSchema } from '../../../src/site/parse-site-schema.ts';
import { diffSchemas } from '../../../src/site/schema-diff.ts';
import type { SiteSchema } from '../../../src/site/site-schema.ts';
import { wireField, wireSchema } from '../../support/small-site-schema.ts';

type Fields = Parameters<typeof wireSchema>[0];

function schema(types: Fields): SiteSchema {
  const { entityTypes, fields } = wireSchema(types);
  return parseSiteSchema(entityTypes, fields);
}

const status = (...values: string[]) => wireField('status_list', { valid_values: values });
const link = (...types: string[]) => wireField('entity', { valid_types: types });

const BEFORE: Fields = {
  Shot: {
    code: wireField('text', {}, { name: 'Shot Code' }),
    sg_cut_in: wireField('number'),
    sg_sequence: link('Sequence'),
    entity: link('Asset', 'Shot'),
    sg_status_list: status('wtg', 'ip'),
  },
  Sequence: { code: wireField('text') },
};

const differences = (after: Fields, exposure = EMPTY_EXPOSURE): [string, string, boolean][] =>
  diffSchemas({ schema: schema(BEFORE), exposure }, { schema: schema(after), exposure }).map(
    ({ place, text, isBreaking }) => [place, text, isBreaking],
  );

const changed = (fields: Fields['Shot']): Fields => ({ ...BEFORE, Shot: { ...BEFORE['Shot'], ...fields } });

describe('the difference of two schemas', () => {
  it('is none between equals', () => {
    expect(differences(BEFORE)).toEqual([]);
  });

  it.each<[string, Fields, [string, string, boolean]]>([
    [
      'a new type',
      { ...BEFORE, Prop: { code: wireField('text') } },
      ['Prop', 'was added, with 1 fields.', false],
    ],
    ['a new field', changed({ sg_mood: wireField('text') }), ['Shot.sg_mood', 'was added (text).', false]],
    [
      'another data type',
      changed({ sg_cut_in: wireField('float') }),
      ['Shot.sg_cut_in', 'is float now, not number.', true],
    ],
    [
      'another display name',
      changed({ code: wireField('text', {}, { name: 'Name' }) }),
      ['Shot.code', 'is called "Name" now, not "Shot Code".', false],
    ],
    [
      'one type of a link more where there was one',
      changed({ sg_sequence: link('Sequence', 'Episode') }),
      ['Shot.sg_sequence', 'may link to Episode too.', true],
    ],
    [
      'one type of a link more where there were several',
      changed({ entity: link('Asset', 'Shot', 'Level') }),
      ['Shot.entity', 'may link to Level too.', false],
    ],
    [
      'other values',
      changed({ sg_status_list: status('wtg', 'fin') }),
      ['Shot.sg_status_list', 'may be fin too; may be ip no longer.', false],
    ],
    [
      'what cannot be written any more',
      changed({ sg_cut_in: wireField('number', {}, { editable: false }) }),
      ['Shot.sg_cut_in', 'cannot be written any more.', true],
    ],
  ])('names %s and whether it breaks clients', (_, after, difference) => {
    expect(differences(after)).toEqual([difference]);
  });

  it('names a removed type, and the fields that lead to it', () => {
    expect(differences({ Shot: BEFORE['Shot'] ?? {} })).toEqual([
      ['Sequence', 'is gone.', true],
      ['Shot.sg_sequence', 'has the type Entity now, not Sequence.', true],
    ]);
  });

  it('names the list that a new type takes the name of', () => {
    expect(differences({ ...BEFORE, Shots: {} })).toEqual([
      ['Shot', 'is listed as shotList now, not shots.', true],
      ['Shots', 'was added, with 0 fields.', false],
    ]);
  });

  it('breaks nobody by fields that clients never saw: pivot columns, secrets, fields that were read-only already', () => {
    const before = schema({
      Shot: { step_0: wireField('pivot_column'), sg_a: wireField('text') },
      ApiUser: { salted_password: wireField('text') },
    });
    const after = schema({ Shot: { sg_a: wireField('text', {}, { editable: false }) }, ApiUser: {} });
    const exposure = parseExposure('types: { Shot: { readOnly: true } }', 'expose.yml');
    expect(
      diffSchemas({ schema: before, exposure }, { schema: after, exposure }).map(({ place, isBreaking }) => [
        place,
        isBreaking,
      ]),
    ).toEqual([
      ['ApiUser.salted_password', false],
      ['Shot.sg_a', false],
      ['Shot.step_0', false],
    ]);
  });

  it('is reported although expose.yml names the removed field', () => {
    const exposure = parseExposure(
      'types: { Sequence: { rename: Scene }, Shot: { fields: { code: { rename: title } } } }',
      'expose.yml',
    );
    const after = { Shot: { sg_cut_in: wireField('number') } };
    expect(differences(after, exposure)).toContainEqual(['Sequence', 'is gone.', true]);
    expect(differences(after, exposure)).toContainEqual(['Shot.code', 'is gone.', true]);
  });

  it('names each rule of expose.yml that keeps the server from starting, also one of a hidden field', () => {
    const exposure = parseExposure(
      'types:\n  Shot:\n    fields:\n      sg_cut_in: {hide: true}\n  Sequence: {rename: Scene}\n',
      'expose.yml',
    );
    const { sg_cut_in: _, ...rest } = BEFORE['Shot'] ?? {};
    const stops = (line: number): string =>
      `has a rule in expose.yml:${line}, and the site does not have it: the server will not start until the rule is taken out.`;
    expect(differences({ Shot: rest }, exposure)).toEqual([
      ['Sequence', 'is gone.', true],
      ['Sequence', stops(5), true],
      ['Shot.sg_cut_in', 'is gone.', false],
      ['Shot.sg_cut_in', stops(4), true],
      ['Shot.sg_sequence', 'has the type Entity now, not Scene.', true],
    ]);
  });

  it('names a removed field', () => {
    const { sg_cut_in: _, ...rest } = BEFORE['Shot'] ?? {};
    expect(differences({ ...BEFORE, Shot: rest })).toEqual([['Shot.sg_cut_in', 'is gone.', true]]);
  });

  it('breaks nobody if it is hidden', () => {
    const exposure = parseExposure(
      'types:\n  Shot:\n    fields:\n      sg_cut_in: {hide: true}\n  Sequence: {hide: true}\n',
      'expose.yml',
    );
    const after = changed({ sg_cut_in: wireField('float') });
    expect(differences(after, exposure).map(([place, , isBreaking]) => [place, isBreaking])).toEqual([
      ['Shot.sg_cut_in', false],
    ]);
  });
});
