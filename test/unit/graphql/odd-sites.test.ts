import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { buildSchema, type GraphQLInterfaceType, printSchema, validateSchema } from 'graphql';
import { buildGraphqlSchema } from '../../../src/graphql/build-schema.ts';
import { exposeSchema, type ExposedSchema } from '../../../src/site/expose.ts';
import { EMPTY_EXPOSURE, parseExposure } from '../../../src/site/exposure.ts';
import { parseSiteSchema } from '../../../src/site/parse-site-schema.ts';
import { FIXED_TYPES } from '../../../src/site/type-names.ts';
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

/** Names of the API, and what they would be made of: `Text`, for there is a `TextFilter`. */
function reservedWords(): ReadonlySet<string> {
  const stems = [...FIXED_TYPES].flatMap((name) => {
    const [, stem] = /^(.+?)(?:Connection|Edge|Filter|LinkFilter|Sort|SortField|Input)$/u.exec(name) ?? [];
    return stem === undefined ? [name] : [name, stem];
  });
  return new Set([...stems, 'ShotLink', 'Constructor', 'ToString', 'HasOwnProperty']);
}

describe('a site with odd names', () => {
  it('gives a valid schema that can be printed and parsed again, whatever the names are', () => {
    fc.assert(
      fc.property(site, (types) => {
        const schema = build(expose(types));
        expect(validateSchema(schema)).toEqual([]);
        expect(validateSchema(buildSchema(printSchema(schema)))).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  it.each([...reservedWords()])(
    'accepts %s as a new name of a type, or reports the line of the mistake',
    (word) => {
      const yaml = `types:\n  Shot:\n    rename: ${word}\n`;
      const types = { Shot: { code: wireField('text') }, Version: { entity: wireField('entity') } };
      let exposed: ExposedSchema;
      try {
        exposed = expose(types, yaml);
      } catch (error) {
        expect(String(error)).toMatch(/expose\.yml:2: "\w+" cannot be a name here/u);
        return;
      }
      expect(validateSchema(buildSchema(printSchema(build(exposed))))).toEqual([]);
    },
  );

  it('accepts all of these names from the site itself, and changes its own names to avoid them', () => {
    const words = [...reservedWords()];
    const schema = build(
      expose(Object.fromEntries(words.map((word) => [word, { code: wireField('text') }]))),
    );
    expect(validateSchema(buildSchema(printSchema(schema)))).toEqual([]);
    const { length } = schema.getPossibleTypes(schema.getType('Entity') as GraphQLInterfaceType);
    // And the one that stands for types that are not shown.
    expect(length).toBe(words.length + 1);
  });

  it('keeps two types apart whose generated names are the same', () => {
    for (const ending of ['Link', 'LinkLink', 'Connection', 'Edge', 'Filter']) {
      const types = { Thing: { code: wireField('text') }, [`Thing${ending}`]: { code: wireField('text') } };
      const yaml = ending === 'Connection' ? 'types: { ThingConnection: { hide: true } }' : '';
      expect(validateSchema(build(expose(types, yaml)))).toEqual([]);
    }
  });

  it('is refused if two names clash', () => {
    const types = { Thing: { code: wireField('text') }, Shot: { code: wireField('text') } };
    expect(() => expose(types, 'types:\n  Shot:\n    rename: ThingLink\n')).toThrow(
      'expose.yml:2: Shot (as ThingLink) and Thing (as Thing) would both need the type ThingLinkFilter. Rename or hide one of them in expose.yml.',
    );
    expect(() =>
      expose(types, 'types:\n  Shot:\n    rename: Things\n  Thing:\n    rename: ThingsList'),
    ).toThrow(/^expose\.yml:\d: /u);
    expect(() =>
      expose({ ...types, ThingConnection: types.Thing }, 'types: { ThingConnection: { hide: false } }'),
    ).toThrow('would both need the type ThingConnection. Rename or hide one of them');
  });

  it('keeps its own field if the API has one of the same name beside it', () => {
    const own = {
      ordered_versions: wireField('text'),
      versions: wireField('multi_entity', { valid_types: ['Version'] }),
    };
    const sdl = printSchema(
      build(expose({ Playlist: own, Version: {}, Note: { thread: wireField('text') }, Reply: {} })),
    );
    expect(sdl).toMatch(/orderedVersions: String$/mu);
    expect(sdl).toMatch(/thread: String$/mu);
  });

  it('describes the types of a link: no hidden ones, any if none is declared, the first few of a hundred', () => {
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

  it('treats its display names as text, whatever is in them', () => {
    const name = '""" \\u{1F3AC} "Größe" \n # ` }';
    const sdl = printSchema(build(expose({ Shot: { code: wireField('text', {}, { name }) } })));
    const read = buildSchema(sdl).getType('Shot') as unknown as {
      getFields(): Record<string, { description: string }>;
    };
    expect(read.getFields()['code']?.description).toContain('"Größe"');
  });
});
