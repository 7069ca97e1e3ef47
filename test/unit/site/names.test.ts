import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { OPERATORS } from '../../../src/site/data-types/operators.ts';
import { exposeSchema } from '../../../src/site/expose.ts';
import { EMPTY_EXPOSURE } from '../../../src/site/exposure.ts';
import { enumValueName, fieldName } from '../../../src/site/graphql-names.ts';
import type { NameMap } from '../../../src/site/names.ts';
import { parseSiteSchema } from '../../../src/site/parse-site-schema.ts';
import { rootFieldNames, typeName } from '../../../src/site/type-names.ts';
import { wireField, wireSchema } from '../../support/small-site-schema.ts';

const GRAPHQL_NAME = /^(?!__)[A-Za-z_][A-Za-z0-9_]*$/u;

function namesOf(type: string, systemNames: readonly string[]): NameMap {
  const fields = Object.fromEntries(systemNames.map((name) => [name, wireField('text')]));
  const wire = wireSchema({ [type]: fields });
  return exposeSchema(parseSiteSchema(wire.entityTypes, wire.fields), EMPTY_EXPOSURE).names;
}

describe('a field name', () => {
  it.each([
    ['code', 'code', 'CODE'],
    ['sg_status_list', 'sgStatusList', 'SG_STATUS_LIST'],
    ['created_at', 'createdAt', 'CREATED_AT'],
    ['sg_priority_1', 'sgPriority_1', 'SG_PRIORITY_1'],
    ['sg_priority1', 'sgPriority1', 'SG_PRIORITY1'],
    ['sg_bid___ani', 'sgBid__Ani', 'SG_BID___ANI'],
    ['_leading', 'Leading', '_LEADING'],
    ['trailing_', 'trailing_', 'TRAILING_'],
    ['id', 'id', 'ID'],
    ['name', 'nameField', 'NAME'],
    ['type', 'typeField', 'TYPE'],
    ['contains', 'containsField', 'CONTAINS'],
    ['is_not', 'isNotField', 'IS_NOT'],
  ])('%s is %s, and %s in an enum', (systemName, graphqlName, enumValue) => {
    expect(fieldName(systemName).name).toBe(graphqlName);
    expect(enumValueName(systemName).name).toBe(enumValue);
  });

  it('is never that of an operator, which stands beside the fields of a linked row', () => {
    const snake = (name: string): string =>
      name.replaceAll(/[A-Z]/gu, (letter) => `_${letter.toLowerCase()}`);
    for (const operator of Object.keys(OPERATORS))
      expect(fieldName(snake(operator)).name).toBe(`${operator}Field`);
  });

  it('is legal and has a reason if GraphQL could not accept the original', () => {
    for (const systemName of ['__1', '1st', 'sg_Größe', '日本', 'SgCode', 'a b', '"; drop', 'name_field'])
      expect(fieldName(systemName)).toEqual({
        name: expect.stringMatching(GRAPHQL_NAME),
        reason: expect.any(String),
      });
  });

  it('leads back to the original for any set of names, and never depends on the other fields', () => {
    const systemName = fc.oneof(
      fc.stringMatching(/^[a-z0-9_]{1,8}$/u),
      fc.stringMatching(/^[a-bA-B_0]{1,5}$/u),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 6 }),
      fc.constantFrom('id', 'type', 'name', 'and', 'or', 'name_field', 'nameField', '__typename', '__x'),
    );
    fc.assert(
      fc.property(fc.uniqueArray(systemName, { maxLength: 40 }), (systemNames) => {
        const names = namesOf(
          'Shot',
          systemNames.filter((name) => name !== '__proto__'),
        );
        for (const name of systemNames) {
          if (name === '__proto__' || ['salted_password', 'secret_token'].includes(name)) continue;
          const graphqlName = names.graphqlField('Shot', name) ?? '';
          const enumValue = names.enumValue('Shot', name) ?? '';
          expect(graphqlName).toMatch(GRAPHQL_NAME);
          expect(enumValue).toMatch(GRAPHQL_NAME);
          expect(names.systemField('Shot', graphqlName)).toBe(name);
          expect(names.systemFieldOfEnumValue('Shot', enumValue)).toBe(name);
          expect(graphqlName).toBe(fieldName(name).name);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('does not use `type` and `name` of every entity, and reports that', () => {
    const names = namesOf('Project', ['name', 'code']);
    expect(names.systemField('Project', 'name')).toBeUndefined();
    expect(names.systemField('Project', 'nameField')).toBe('name');
    expect(names.notes).toEqual([
      { place: 'Project.name', graphqlName: 'nameField', reason: expect.any(String) },
    ]);
  });
});

describe('a type name', () => {
  it.each([
    ['Shot', 'Shot'],
    ['CustomEntity02', 'CustomEntity02'],
    ['Launch', 'LaunchEntity'],
    ['Entity', 'EntityEntity'],
  ])('%s is %s', (type, graphqlName) => expect(typeName(type).name).toBe(graphqlName));

  it('is legal if the site has an odd one', () => {
    for (const type of ['shot', 'Größe', '__Schema', 'A_B', '9'])
      expect(typeName(type).name).toMatch(/^[A-Z][A-Za-z0-9_]*$/u);
  });

  it('leads back to the type', () => {
    const names = namesOf('Launch', []);
    expect(names.graphqlType('Launch')).toBe('LaunchEntity');
    expect(names.systemType('LaunchEntity')).toBe('Launch');
    expect(names.systemType('Launch')).toBeUndefined();
    expect(names.rootFields('Launch')).toMatchObject({ one: 'launchEntity', many: 'launchEntities' });
  });
});

describe('root fields', () => {
  it.each([
    ['Shot', 'shot', 'shots'],
    ['HumanUser', 'humanUser', 'humanUsers'],
    ['Status', 'status', 'statuses'],
    ['Reply', 'reply', 'replies'],
    ['Software', 'software', 'softwareList'],
    ['CustomEntity02', 'customEntity02', 'customEntity02s'],
    ['MocapTakeRange', 'mocapTakeRange', 'mocapTakeRanges'],
    ['PhysicalAsset', 'physicalAsset', 'physicalAssets'],
  ])('of %s are %s and %s', (type, one, many) => expect(rootFieldNames(type)).toMatchObject({ one, many }));

  it('change in the same way every time if a plural is another type', () => {
    const wire = wireSchema({ Shots: {}, Shot: {} });
    const { names } = exposeSchema(parseSiteSchema(wire.entityTypes, wire.fields), EMPTY_EXPOSURE);
    expect(names.rootFields('Shot')).toMatchObject({ one: 'shot', many: 'shotList' });
    expect(names.rootFields('Shots')).toMatchObject({ one: 'shots', many: 'shotsList' });
  });

  it('change if a name made from the plural is another type’s', () => {
    const { names, types } = exposeSchema(
      parseSiteSchema(...wireOf('Shot', 'ShotsById', 'Version', 'SummarizeVersion')),
      EMPTY_EXPOSURE,
    );
    const all = [...types.values()].flatMap(({ rootFields }) => Object.values(rootFields) as string[]);
    expect(new Set(all).size).toBe(all.length);
    expect(names.rootFields('Shot')?.byIds).toBe('shotListByIds');
    expect(names.rootFields('Version')?.summarize).toBe('summarizeVersionList');
    expect(names.notes).toContainEqual({
      place: 'The list of Shot',
      graphqlName: 'shotList',
      reason: expect.any(String),
    });
  });
});

const wireOf = (...types: string[]): [unknown, unknown] => {
  const { entityTypes, fields } = wireSchema(Object.fromEntries(types.map((type) => [type, {}])));
  return [entityTypes, fields];
};
