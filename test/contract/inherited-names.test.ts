import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoDataset } from '../../studio/site/demo/dataset.ts';
import type { Dataset } from '../../studio/site/ports.ts';
import { wireField } from '../support/small-site-schema.ts';
import { startSiteWorld, type SiteWorld } from '../support/site-world.ts';

/** System names that every object of JavaScript inherits, or that GraphQL names turn into such. */
const INHERITED = [
  ...['constructor', 'to_string', 'value_of', 'has_own_property', 'to_locale_string', 'is_prototype_of'],
  ...['property_is_enumerable', '__proto__', '__define_getter__', 'toString', 'hasOwnProperty', 'valueOf'],
];
type Row = Readonly<Record<string, unknown>>;

const CODES = ['constructor', '__proto__', 'toString', 'wtg'];

function dataset(): Dataset {
  const demo = demoDataset();
  const fields = demo.fields as Readonly<Record<string, { readonly data: object }>>;
  const more = [
    ...INHERITED.map((name) => [name, wireField('text')] as const),
    ['sg_odd', wireField('list', { valid_values: CODES, display_values: { wtg: 'Waiting' } })] as const,
  ];
  return {
    ...demo,
    fields: {
      ...fields,
      Sequence: { data: Object.fromEntries([...Object.entries(fields['Sequence']?.data ?? {}), ...more]) },
    },
  };
}

describe('a site whose fields have the names of properties that every object inherits', () => {
  let world: SiteWorld;
  let names: readonly string[];
  beforeAll(async () => {
    world = await startSiteWorld({}, { dataset: dataset() });
    await world.control('PATCH', 'people/ada', { can_impersonate_this_user: true });
    const fields = world.exposed.types.get('Sequence')?.fields;
    names = INHERITED.map((name) => fields?.get(name)?.graphqlName ?? '');
  });
  afterAll(() => world.close());

  const ask = async <Data = Row>(
    document: string,
    variables: Readonly<Record<string, unknown>> = {},
  ): Promise<Data> => {
    const { data, errors } = await world.ask<Data>(document, { as: 'ada', variables });
    expect(errors).toEqual([]);
    // Without what is inherited, and as plain objects again.
    return JSON.parse(JSON.stringify(data)) as Data;
  };
  const values = (row: Row) => names.map((name) => (Object.hasOwn(row, name) ? row[name] : 'missing'));

  it('shows each of them, empty if nothing was ever written', async () => {
    expect(names).not.toContain('');
    const { sequences } = await ask<{
      sequences: { nodes: readonly (Row & { shots: readonly { sgSequence: Row }[] })[] };
    }>(
      `{ sequences(first: 3) { nodes { ${names.join(' ')} shots { sgSequence { ${names.join(' ')} } } } } }`,
    );
    const { nodes } = sequences;
    expect(nodes).toHaveLength(3);
    for (const node of nodes) {
      expect(values(node)).toEqual(INHERITED.map(() => null));
      expect(values(node.shots[0]?.sgSequence ?? {})).toEqual(INHERITED.map(() => null));
    }
  });

  it('writes the given ones, and leaves the others unchanged', async () => {
    for (const name of names) {
      const { createSequence: row } = await ask<{ createSequence: Row }>(
        `mutation ($input: SequenceCreateInput!) { createSequence(input: $input) { id ${names.join(' ')} } }`,
        { input: { code: `with ${name}`, project: { type: 'Project', id: 1 }, [name]: 'words' } },
      );
      expect(values(row)).toEqual(names.map((each) => (each === name ? 'words' : null)));
      const { updateSequence } = await ask<{ updateSequence: Row }>(
        `mutation { updateSequence(id: ${String(row['id'])}, input: { description: "more" }) { ${names.join(' ')} } }`,
      );
      expect(values(updateSequence)).toEqual(values(row));
    }
  });

  it('filters, sorts, summarizes and describes by them', async () => {
    for (const [index, name] of names.entries()) {
      const enumValue = world.exposed.names.enumValue('Sequence', INHERITED[index] ?? '') ?? '';
      const { sequences, summarizeSequences, fieldInfo } = await ask(
        `query ($filter: SequenceFilter) {
          sequences(filter: $filter, sort: [{ field: ${enumValue}, direction: DESC }]) { nodes { code } }
          summarizeSequences(filter: $filter, summaries: [{ field: ${enumValue}, type: COUNT }], grouping: [{ field: ${enumValue} }]) { groups { name values { number } } }
          fieldInfo(type: "Sequence", field: "${name}") { systemName dataType }
        }`,
        { filter: { [name]: { is: 'words' } } },
      );
      expect([sequences, summarizeSequences, fieldInfo]).toEqual([
        { nodes: [{ code: `with ${name}` }] },
        { groups: [{ name: 'words', values: [{ number: 1 }] }] },
        { systemName: INHERITED[index], dataType: 'text' },
      ]);
    }
  });

  it('shows values without a label as they are, whatever their names', async () => {
    const { fieldInfo } = await ask<{ fieldInfo: { choices: unknown } }>(
      '{ fieldInfo(type: "Sequence", field: "sgOdd") { choices { value label } } }',
    );
    expect(fieldInfo.choices).toEqual([
      { value: 'constructor', label: 'constructor' },
      { value: '__proto__', label: '__proto__' },
      { value: 'toString', label: 'toString' },
      { value: 'wtg', label: 'Waiting' },
    ]);
  });
});
