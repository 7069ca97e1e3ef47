import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type GraphQLEnumType,
  type GraphQLInputObjectType,
  type GraphQLNamedType,
  getNamedType,
  type GraphQLInputType,
  isInputObjectType,
  isListType,
  getNullableType,
} from 'graphql';
import { buildGraphqlSchema } from '../../src/graphql/build-schema.ts';
import { exposeSchema, type ExposedSchema, type ExposedType } from '../../src/site/expose.ts';
import { parseSiteSchema } from '../../src/site/parse-site-schema.ts';
import { isOperator } from '../../src/site/data-types/operators.ts';
import { startSiteWorld, type SiteWorld } from '../support/site-world.ts';

/** A value of an operator's type, by the name of that type. */
const SAMPLES: Readonly<Record<string, unknown>> = {
  String: 'a',
  Int: 3,
  SafeInt: 5_000_000_000,
  Float: 2.5,
  Boolean: true,
  Date: '2026-09-02',
  DateTime: '2026-09-02T15:58:21Z',
  UUID: '6e3c9c6e-0000-4000-8000-00000000aaaa',
  JSONObject: { unit: 'DAY', count: { type: 'Shot', id: 1 } },
  TimeSpanInput: { count: 2, unit: 'WEEK' },
};

/** What the schema offers must be what the site takes: nothing is refused there, nothing silently ignored. */
describe('a list can be queried with', () => {
  let world: SiteWorld;
  let exposed: ExposedSchema;
  let inputs: ReadonlyMap<string, GraphQLNamedType>;
  beforeAll(async () => {
    world = await startSiteWorld();
    const { entityTypes, fields } = world.dataset;
    exposed = exposeSchema(parseSiteSchema(entityTypes, fields), { source: 'x', types: new Map() });
    const schema = buildGraphqlSchema({ exposed, maxFirst: 1000, maxBatch: 200, siteUrl: world.siteUrl });
    inputs = new Map(Object.entries(schema.getTypeMap()));
  });
  afterAll(() => world.close());

  const fieldsOf = (name: string) => Object.values((inputs.get(name) as GraphQLInputObjectType).getFields());

  const sampleOf = (type: ExposedType, field: string, operator: { name: string; type: unknown }): unknown => {
    const named = getNamedType(operator.type as GraphQLInputType);
    const system = exposed.names.systemField(type.type, field);
    const schemaField = system === undefined ? undefined : type.fields.get(system);
    const isType = operator.name.startsWith('typeIs');
    const linked = schemaField?.validTypes[0] ?? 'Shot';
    const one = isType
      ? linked
      : named.name === 'EntityRefInput'
        ? { type: linked, id: 1 }
        : SAMPLES[named.name];
    if (!isListType(getNullableType(operator.type as GraphQLInputType))) return one;
    return operator.name === 'between' ? [one, one] : [one];
  };

  /** One field for each pair of operator input and data type: what differs between fields of one pair is no operator. */
  function* filters(): Iterable<{ type: ExposedType; filter: Record<string, unknown> }> {
    const seen = new Set<string>();
    for (const type of exposed.types.values()) {
      for (const field of fieldsOf(`${type.graphqlName}Filter`)) {
        const input = getNamedType(field.type);
        if (!isInputObjectType(input) || field.name === 'and' || field.name === 'or') continue;
        const system = exposed.names.systemField(type.type, field.name) ?? 'id';
        const kind = `${input.name} ${type.fields.get(system)?.dataType}`;
        if (seen.has(kind)) continue;
        seen.add(kind);
        for (const operator of Object.values(input.getFields())) {
          if (!isOperator(operator.name)) continue;
          yield { type, filter: { [field.name]: { [operator.name]: sampleOf(type, field.name, operator) } } };
        }
      }
    }
  }

  it('each operator of each data type', async () => {
    const refused: unknown[] = [];
    let count = 0;
    for (const { type, filter } of filters()) {
      const { graphqlName, rootFields } = type;
      const { errors } = await world.ask(
        `query($filter: ${graphqlName}Filter) { ${rootFields.many}(first: 1, filter: $filter) { nodes { id } } }`,
        { variables: { filter }, as: 'joao' },
      );
      count += 1;
      const other = errors.filter(({ extensions }) => extensions.code !== 'FORBIDDEN');
      if (other.length > 0) refused.push({ type: type.type, filter, other });
    }
    expect(refused).toEqual([]);
    expect(count).toBeGreaterThan(150);
  });

  it('each order of each type', async () => {
    const refused: unknown[] = [];
    for (const { type, graphqlName, rootFields } of exposed.types.values()) {
      const values = (inputs.get(`${graphqlName}SortField`) as GraphQLEnumType).getValues();
      const sort = values.map(({ name }) => ({ field: name, direction: 'DESC' }));
      const { errors } = await world.ask(
        `query($sort: [${graphqlName}Sort!]) { ${rootFields.many}(first: 2, sort: $sort) { nodes { id } } }`,
        { variables: { sort }, as: 'joao' },
      );
      const other = errors.filter(({ extensions }) => extensions.code !== 'FORBIDDEN');
      if (other.length > 0) refused.push({ type, other });
    }
    expect(refused).toEqual([]);
  });

  it('each order by a link of several types', async () => {
    const refused: unknown[] = [];
    let count = 0;
    for (const { type, graphqlName, rootFields, fields } of exposed.types.values()) {
      for (const field of fieldsOf(`${graphqlName}Sort`)) {
        if (getNamedType(field.type).name !== 'LinkSort') continue;
        const system = fields.get(exposed.names.systemField(type, field.name) ?? '');
        const [target = 'Shot'] = system?.validTypes.filter((name) => exposed.types.has(name)) ?? [];
        const sort = { [field.name]: { [`on${target}`]: { field: 'ID' } } };
        const { errors } = await world.ask(
          `query($sort: [${graphqlName}Sort!]) { ${rootFields.many}(first: 2, sort: $sort) { nodes { id } } }`,
          { variables: { sort: [sort] }, as: 'joao' },
        );
        count += 1;
        const other = errors.filter(({ extensions }) => extensions.code !== 'FORBIDDEN');
        if (other.length > 0) refused.push({ type, sort, other });
      }
    }
    expect(refused).toEqual([]);
    expect(count).toBeGreaterThan(20);
  });

  it('each way to sum up, and each way to group', async () => {
    const refused: unknown[] = [];
    const ask = async (summary: string, grouping: string): Promise<void> => {
      const { errors } = await world.ask(
        `{ summarizeVersions(summaries: [{ field: ID, type: ${summary} }], grouping: [{ field: CREATED_AT, type: ${grouping} }]) { groups { name value values { type number text } } } }`,
        { as: 'joao' },
      );
      if (errors.length > 0) refused.push({ summary, grouping, errors });
    };
    const namesOf = (name: string): string[] =>
      (inputs.get(name) as GraphQLEnumType).getValues().map((value) => value.name);
    for (const summary of namesOf('SummaryType')) await ask(summary, 'EXACT');
    for (const grouping of namesOf('GroupingType')) await ask('COUNT', grouping);
    expect(refused).toEqual([]);
    expect(namesOf('SummaryType')).toHaveLength(14);
    expect(namesOf('GroupingType')).toHaveLength(17);
  });

  it('each field that can be summed up, and each data type that can be grouped by', async () => {
    const refused: unknown[] = [];
    const seen = new Set<string>();
    for (const { type, graphqlName, rootFields, fields } of exposed.types.values()) {
      const values = (inputs.get(`${graphqlName}SummaryField`) as GraphQLEnumType).getValues();
      const summaries = values.map(({ name }) => ({ field: name, type: 'COUNT' }));
      const groupings = values.filter(({ value }) => {
        const { dataType = 'id' } = fields.get(String(value)) ?? {};
        return type === 'Version' ? !seen.has(dataType) && seen.add(dataType) : false;
      });
      for (const grouping of [undefined, ...groupings.map(({ name }) => [{ field: name }])]) {
        const { errors } = await world.ask(
          `query($summaries: [${graphqlName}SummaryInput!]!, $grouping: [${graphqlName}GroupingInput!]) {
            ${rootFields.summarize}(summaries: $summaries, grouping: $grouping) { groups { name values { number } } } }`,
          { variables: { summaries, grouping }, as: 'joao' },
        );
        const other = errors.filter(({ extensions }) => extensions.code !== 'FORBIDDEN');
        if (other.length > 0) refused.push({ type, grouping, other });
      }
    }
    expect(refused).toEqual([]);
    expect(seen.size).toBeGreaterThan(8);
  });

  it('each field of each type, together', async () => {
    const refused: unknown[] = [];
    for (const { type, fields, rootFields } of exposed.types.values()) {
      const selection = [...fields.values()].map(({ graphqlName, dataType }) => {
        if (dataType === 'entity' || dataType === 'multi_entity') return `${graphqlName} { id type name }`;
        if (dataType === 'image') return `${graphqlName} { url state }`;
        return dataType === 'url' ? `${graphqlName} { url name linkType id }` : graphqlName;
      });
      const { errors } = await world.ask(
        `{ ${rootFields.many}(first: 40) { nodes { id type name ${selection.join(' ')} } } }`,
        { as: 'joao' },
      );
      const other = errors.filter(({ extensions }) => extensions.code !== 'FORBIDDEN');
      if (other.length > 0) refused.push({ type, other });
    }
    expect(refused).toEqual([]);
  });
});
