import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { buildSchema, printSchema, validateSchema } from 'graphql';
import { buildGraphqlSchema } from '../../../src/graphql/build-schema.ts';
import { exposeSchema, type ExposedSchema } from '../../../src/site/expose.ts';
import { EMPTY_EXPOSURE, parseExposure } from '../../../src/site/exposure.ts';
import { parseSiteSchema } from '../../../src/site/parse-site-schema.ts';
import { wireField, wireSchema } from '../../support/small-site-schema.ts';

type Types = Parameters<typeof wireSchema>[0];

const expose = (types: Types, yaml = ''): ExposedSchema => {
  const { entityTypes, fields } = wireSchema(types);
  return exposeSchema(
    parseSiteSchema(entityTypes, fields),
    yaml === '' ? EMPTY_EXPOSURE : parseExposure(yaml, 'expose.yml'),
  );
};
const build = (exposed: ExposedSchema) =>
  buildGraphqlSchema({ exposed, maxFirst: 1000, maxBatch: 200, siteUrl: 'https://studio.example' });

const DATA_TYPES = [
  ...['text', 'number', 'float', 'percent', 'duration', 'timecode', 'currency', 'checkbox', 'list'],
  ...['status_list', 'date', 'date_time', 'entity', 'multi_entity', 'entity_type', 'image', 'url', 'color'],
  ...['jsonb', 'serializable', 'uuid', 'summary', 'calculated', 'pivot_column', 'password', 'footage'],
];
const TYPE_NAMES = ['Shot', 'Launch', 'Node', 'Query', 'Software', 'Shots', 'shot', 'Prüfung', 'UUID', 'A_B'];
const FIELD_NAMES = [
  ...['id', 'type', 'name', 'name_field', 'and', 'or', '__x', '___x', '__typename', 'sg_v_1', 'sg_v1'],
  ...[
    'sg__v1',
    'is',
    'contains',
    'contains_field',
    'field',
    'direction',
    'thread',
    '1st',
    'größe',
    'a b',
    'on_shot',
    'constructor',
    'to_string',
    '__proto__',
  ],
];

/** Any site that ShotGrid could have, and some that it could not. */
const site = fc.dictionary(
  fc.constantFrom(...TYPE_NAMES),
  fc.dictionary(
    fc.oneof(fc.constantFrom(...FIELD_NAMES), fc.stringMatching(/^[a-z0-9_]{1,6}$/u)),
    fc
      .tuple(
        fc.constantFrom(...DATA_TYPES),
        fc.string({ unit: 'grapheme', maxLength: 8 }),
        fc.array(fc.constantFrom(...TYPE_NAMES, 'NotThere', 'PageSetting'), { maxLength: 4 }),
        fc.boolean(),
      )
      .map(([dataType, name, types, editable]) =>
        wireField(dataType, { valid_types: types, valid_values: [name] }, { name, editable }),
      ),
    { maxKeys: 8 },
  ),
  { minKeys: 1, maxKeys: 4 },
);

describe('a site with odd names', () => {
  it('gives a legal schema that can be printed and read again, whatever it is made of', () => {
    fc.assert(
      fc.property(site, (types) => {
        const schema = build(expose(types));
        expect(validateSchema(schema)).toEqual([]);
        expect(validateSchema(buildSchema(printSchema(schema)))).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  it('says of a link what it may hold: of a hidden type nothing, of none any, of a hundred the first few', () => {
    const many = Array.from(
      { length: 100 },
      (_, index) => `CustomEntity${String(index + 1).padStart(2, '0')}`,
    );
    const schema = build(
      expose(
        {
          Shot: {
            hidden: wireField('entity', { valid_types: ['PageSetting'] }, { name: 'Hidden' }),
            some: wireField('entity', { valid_types: ['Shot', 'Asset'] }, { name: 'Some' }),
            none: wireField('multi_entity', { valid_types: [] }, { name: 'None' }),
            many: wireField('entity', { valid_types: many }, { name: 'Many' }),
          },
          Asset: {},
          PageSetting: {},
          ...Object.fromEntries(many.map((type) => [type, {}])),
        },
        'types: { Asset: { rename: Thing } }',
      ),
    );
    const sdl = printSchema(schema);
    expect(sdl).toContain('hidden: Entity');
    expect(sdl).not.toContain('PageSetting');
    expect(sdl).toContain('Links to: `Shot`, `Thing`.');
    expect(sdl).toContain('Links to any type.');
    expect(sdl).toContain('`CustomEntity12` and 88 more, see fieldInfo.');
    expect(sdl).not.toMatch(/Links to: .*CustomEntity13/u);
  });

  it('takes its display names as text, whatever is in them', () => {
    const name = '""" \\u{1F3AC} "Größe" \n # ` }';
    const sdl = printSchema(build(expose({ Shot: { code: wireField('text', {}, { name }) } })));
    const read = buildSchema(sdl).getType('Shot') as unknown as {
      getFields(): Record<string, { description: string }>;
    };
    expect(read.getFields()['code']?.description).toContain('"Größe"');
  });
});
