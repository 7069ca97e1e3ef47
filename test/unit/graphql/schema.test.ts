import { beforeAll, describe, expect, it } from 'vitest';
import {
  type GraphQLInputObjectType,
  type GraphQLObjectType,
  type GraphQLSchema,
  validateSchema,
} from 'graphql';
import { buildGraphqlSchema } from '../../../src/graphql/build-schema.ts';
import { smallStudio } from '../../support/small-studio.ts';

describe('the schema of a site', () => {
  let schema: GraphQLSchema;
  const build = () =>
    buildGraphqlSchema({
      exposed: smallStudio(),
      maxFirst: 1000,
      maxBatch: 200,
      siteUrl: 'https://studio.example',
    });
  beforeAll(() => {
    schema = build();
  });
  const objectFields = (name: string) => (schema.getType(name) as GraphQLObjectType).getFields();
  const inputFields = (name: string) =>
    Object.fromEntries(
      Object.values((schema.getType(name) as GraphQLInputObjectType).getFields()).map((field) => [
        field.name,
        String(field.type),
      ]),
    );
  const typesOf = (name: string) =>
    Object.fromEntries(Object.values(objectFields(name)).map((field) => [field.name, String(field.type)]));

  it('is a legal one, and the same each time it is built', async () => {
    const { printSchema } = await import('graphql');
    expect(validateSchema(schema)).toEqual([]);
    expect(printSchema(build())).toBe(printSchema(schema));
  });

  it('has each field in the type of its data type', () => {
    expect(typesOf('Version')).toEqual({
      id: 'Int!',
      nodeId: 'ID!',
      type: 'String!',
      name: 'String',
      cachedDisplayName: 'String',
      clientApproved: 'Boolean',
      code: 'String',
      createdAt: 'DateTime',
      createdBy: 'HumanUser',
      description: 'String',
      entity: 'Entity',
      frameCount: 'Int',
      image: 'Image',
      playlists: '[Playlist!]',
      project: 'Project',
      sgFrameRate: 'Float',
      sgReviewAt: 'DateTime',
      sgStatusList: 'String',
      sgTask: 'Task',
      sgUploadedMovie: 'Url',
      user: 'Entity',
    });
    expect(typesOf('Task')).toMatchObject({ dueDate: 'Date', duration: 'Int', taskAssignees: '[Entity!]' });
    expect(typesOf('Note')).toMatchObject({ meta: 'JSON' });
  });

  it('describes a field with its display name, data type, unit and legal values', () => {
    expect(objectFields('Version')['sgStatusList']?.description).toBe(
      'A Field (`sg_status_list`, status_list)\n\nValues: `rev` (Pending Review), `apr` (Approved).',
    );
    expect(objectFields('Task')['duration']?.description).toBe('A Field (`duration`, duration, minutes)');
    expect(objectFields('Version')['createdAt']?.description).toContain('Read-only.');
  });

  it('accepts writes of writable fields only, and none of the fields that the site sets', () => {
    expect(inputFields('VersionCreateInput')).toMatchObject({
      project: 'EntityRefInput!',
      entity: 'EntityRefInput',
      playlists: '[EntityRefInput!]',
      sgUploadedMovie: 'UrlInput',
    });
    expect(inputFields('VersionUpdateInput')).toMatchObject({
      project: 'EntityRefInput',
      playlists: 'MultiLinkInput',
    });
    for (const name of ['VersionCreateInput', 'VersionUpdateInput']) {
      for (const field of ['createdAt', 'cachedDisplayName', 'image', 'id', 'step0', 'sgSecret']) {
        expect(inputFields(name)).not.toHaveProperty(field);
      }
    }
    const mutations = Object.keys(objectFields('Mutation'));
    expect(mutations).toEqual(
      expect.arrayContaining(['createVersion', 'updateVersion', 'deleteVersion', 'reviveVersion']),
    );
    expect(mutations.filter((name) => name.includes('EventLogEntry'))).toEqual([]);
  });

  it('filters each data type with the operators that ShotGrid has for it, and no other', () => {
    expect(inputFields('VersionFilter')).toMatchObject({
      id: 'IntFilter',
      code: 'TextFilter',
      frameCount: 'IntFilter',
      sgFrameRate: 'FloatFilter',
      createdAt: 'DateTimeFilter',
      sgStatusList: 'ChoiceFilter',
      clientApproved: 'BooleanFilter',
      image: 'ImageFilter',
      entity: 'LinkFilter',
      sgTask: 'TaskLinkFilter',
      playlists: 'PlaylistLinkFilter',
      and: '[VersionFilter!]',
      or: '[VersionFilter!]',
    });
    expect(inputFields('VersionFilter')).not.toHaveProperty('sgUploadedMovie');
    const operators = (name: string) => Object.keys(inputFields(name)).sort();
    expect(operators('TextFilter')).toEqual([
      'contains',
      'endsWith',
      'in',
      'is',
      'isNot',
      'isNull',
      'notContains',
      'notIn',
      'startsWith',
    ]);
    expect(operators('IntFilter')).toEqual([
      'between',
      'greaterThan',
      'in',
      'is',
      'isNot',
      'isNull',
      'lessThan',
      'notIn',
    ]);
    expect(operators('ChoiceFilter')).toEqual(['in', 'is', 'isNot', 'isNull', 'notIn']);
    expect(operators('BooleanFilter')).toEqual(['is', 'isNot']);
    expect(operators('ImageFilter')).toEqual(['isNull']);
    expect(inputFields('TextFilter')).toMatchObject({ in: '[String!]' });
    expect(inputFields('NoteFilter')).toMatchObject({ meta: 'JsonFilter' });
    expect(operators('JsonFilter')).toEqual(['contains', 'is', 'isNot', 'notContains']);
    expect(inputFields('EventLogEntryFilter')).toMatchObject({ sessionUuid: 'UuidFilter' });
    expect(operators('UuidFilter')).toEqual(['in', 'is', 'isNot', 'isNull', 'notIn']);
    // ShotGrid takes every filter on it and ignores it.
    expect(inputFields('EventLogEntryFilter')).not.toHaveProperty('auditTrail');
  });

  it('notes exactly for the operators that also match empty fields that they do', () => {
    const told = Object.values(schema.getTypeMap()).flatMap((type) =>
      type.name.endsWith('Filter')
        ? Object.values((type as GraphQLInputObjectType).getFields()).flatMap(({ name, description }) =>
            description?.startsWith('Also finds rows whose field is empty') === true
              ? [`${type.name}.${name}`]
              : [],
          )
        : [],
    );
    const negations = new Set(told.map((place) => place.split('.')[1]));
    expect([...negations].sort()).toEqual([
      'isNot',
      'nameNotContains',
      'notContains',
      'notIn',
      'notInLast',
      'notInNext',
      'typeIsNot',
    ]);
    expect(told).not.toContain('BooleanFilter.isNot');
    expect(told).toEqual(
      expect.arrayContaining(['TextFilter.isNot', 'LinkFilter.notIn', 'JsonFilter.isNot']),
    );
  });

  it('sorts by fields of linked rows, of one type or of several', () => {
    expect(inputFields('VersionSort')).toMatchObject({ sgTask: 'TaskSort', entity: 'LinkSort' });
    expect(inputFields('VersionSort')).not.toHaveProperty('playlists');
    expect(inputFields('LinkSort')).toMatchObject({ onShot: 'ShotSort', onAsset: 'AssetSort' });
  });

  it('does not offer to sort by what ShotGrid ignores', () => {
    const values = (schema.getType('VersionSortField') as unknown as { getValues(): { name: string }[] })
      .getValues()
      .map(({ name }) => name);
    expect(values).toEqual(expect.arrayContaining(['ID', 'CODE', 'CREATED_AT', 'ENTITY']));
    for (const name of ['PLAYLISTS', 'IMAGE', 'SG_UPLOADED_MOVIE']) expect(values).not.toContain(name);
  });
});
