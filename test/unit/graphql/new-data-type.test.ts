import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DATA_TYPES } from '../../../src/site/data-types/data-types.ts';
import { renderDataTypes } from '../../../src/site/data-types/render-data-types.ts';
import type { ValueType } from '../../../src/site/data-types/value-type.ts';
import { exposeSchema } from '../../../src/site/expose.ts';
import { EMPTY_EXPOSURE } from '../../../src/site/exposure.ts';
import { parseSiteSchema } from '../../../src/site/parse-site-schema.ts';
import { createGraphqlWorld, type GraphqlWorld } from '../../support/graphql-world.ts';
import { wireField, wireSchema } from '../../support/small-site-schema.ts';

/** A length of film in feet: a decimal that is sent as text. */
const FOOTAGE: ValueType = {
  about: 'A length of film.',
  isExposed: true,
  shown: 'Float',
  unit: 'feet',
  read: 'decimalText',
  write: 'decimalText',
  filter: {
    input: 'FootageFilter',
    operators: ['equality', 'order'],
    empty: 'never',
    value: 'sixDecimals',
    description: 'Compares feet.',
  },
  isSortable: false,
  compared: null,
  isSummarized: true,
  isNumeric: true,
};

const { entityTypes, fields } = wireSchema({
  Project: { name: wireField('text') },
  Reel: {
    code: wireField('text'),
    project: wireField('entity', { valid_types: ['Project'] }),
    length: wireField('reel_footage', {}, { name: 'Length' }),
  },
});

describe('A data type that becomes known by one row of the table', () => {
  const table = { ...DATA_TYPES, reel_footage: FOOTAGE };
  let world: GraphqlWorld;
  const open = (dataTypes?: typeof table): Promise<GraphqlWorld> =>
    createGraphqlWorld({
      rows: { Reel: [{ id: 1, code: 'A001', length: '12.5' }] },
      exposed: exposeSchema(parseSiteSchema(entityTypes, fields), EMPTY_EXPOSURE, dataTypes),
      settings: { introspection: true },
    });
  beforeAll(async () => {
    world = await open(table);
  });
  afterAll(() => world.close());

  it('is shown as received, without filters and writes, as long as the row is missing', async () => {
    const before = await open();
    const { data } = await before.ask('{ reel(id: 1) { length } }');
    const filtered = await before.ask('{ reels(filter: { length: { is: 1 } }) { nodes { id } } }');
    const written = await before.ask('mutation { updateReel(id: 1, input: { length: 1 }) { id } }');
    await before.close();
    expect(data).toEqual({ reel: { length: '12.5' } });
    expect([filtered, written].map(({ errors }) => errors.length)).toEqual([1, 1]);
  });

  it('is read by its own kind of value', async () => {
    const { data, errors } = await world.ask('{ reel(id: 1) { length } }');
    expect([data, errors]).toEqual([{ reel: { length: 12.5 } }, []]);
  });

  it('is filtered by the operators of its row, with values as the site compares them', async () => {
    world.takeSearches();
    const { errors } = await world.ask('{ reels(filter: { length: { greaterThan: 3 } }) { nodes { id } } }');
    expect(errors).toEqual([]);
    expect(world.site.calls[0]?.search?.filter.conditions).toEqual([['length', 'greater_than', '3.000000']]);
    const refused = await world.ask('{ reels(filter: { length: { startsWith: "3" } }) { nodes { id } } }');
    expect(refused.errors[0]?.extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
    const empty = await world.ask('{ reels(filter: { length: { is: null } }) { nodes { id } } }');
    expect(empty.errors[0]?.message).toBe('This field cannot be compared with null.');
  });

  it('is written in the form that the site accepts', async () => {
    world.takeSearches();
    const { errors } = await world.ask('mutation { updateReel(id: 1, input: { length: 14 }) { id } }');
    expect(errors).toEqual([]);
    expect(world.site.calls[0]?.values).toEqual({ length: '14' });
  });

  it('is in no order, in the summaries, and in the descriptions with its unit', async () => {
    const { data } = await world.ask(`{
      sort: __type(name: "ReelSortField") { enumValues { name } }
      summary: __type(name: "ReelSummaryField") { enumValues { name } }
      reel: __type(name: "Reel") { fields { name description } }
    }`);
    const names = (of: { enumValues: { name: string }[] }): string[] => of.enumValues.map(({ name }) => name);
    expect(names(data.sort)).not.toContain('LENGTH');
    expect(names(data.summary)).toContain('LENGTH');
    const length = data.reel.fields.find(({ name }: { name: string }) => name === 'length');
    expect(length.description).toContain('Length (`length`, reel_footage, feet)');
  });

  it('has its row in the page of data types', () => {
    const page = renderDataTypes(table);
    expect(page).toMatch(/^\| `reel_footage` .*A length of film\..* `Float`, feet .*`FootageFilter`/mu);
    expect(renderDataTypes()).not.toContain('reel_footage');
  });
});
