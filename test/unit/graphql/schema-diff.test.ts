import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { findBreakingChanges, type GraphQLSchema } from 'graphql';
import { buildGraphqlSchema } from '../../../src/graphql/build-schema.ts';
import { exposeSchema } from '../../../src/site/expose.ts';
import { parseExposure } from '../../../src/site/exposure.ts';
import { parseSiteSchema } from '../../../src/site/parse-site-schema.ts';
import { diffSchemas } from '../../../src/site/schema-diff.ts';
import type { SiteSchema } from '../../../src/site/site-schema.ts';
import { wireField, wireSchema } from '../../support/small-site-schema.ts';

const TYPES = ['Shot', 'Shots', 'Asset', 'PageSetting'];
const FIELDS = ['code', 'sg_a', 'sg_b', 'project'];
const DATA_TYPES = ['text', 'number', 'entity', 'multi_entity', 'list', 'pivot_column', 'url'];
const EXPOSURE = parseExposure('types: { Secret: { hide: true }, Shown: { readOnly: true } }', 'expose.yml');

const field = fc
  .tuple(fc.constantFrom(...DATA_TYPES), fc.subarray([...TYPES, 'Secret'], { maxLength: 2 }), fc.boolean())
  .map(([dataType, types, editable]) => wireField(dataType, { valid_types: types }, { editable }));
const fields = fc.dictionary(fc.constantFrom(...FIELDS), field, { maxKeys: 3 });
const site = fc
  .tuple(fc.dictionary(fc.constantFrom(...TYPES), fields, { maxKeys: 3 }), fields, fields)
  .map(([types, secret, shown]): SiteSchema => {
    const wire = wireSchema({ ...types, Secret: secret, Shown: shown, Kept: { code: wireField('text') } });
    return parseSiteSchema(wire.entityTypes, wire.fields);
  });

const schemaOf = (schema: SiteSchema): GraphQLSchema =>
  buildGraphqlSchema({
    exposed: exposeSchema(schema, EXPOSURE),
    maxFirst: 1000,
    maxBatch: 200,
    siteUrl: 'https://studio.example',
  });

describe('the effect of a schema difference on clients', () => {
  it('includes every breaking change that GraphQL itself finds between the two schemas', () => {
    fc.assert(
      fc.property(site, site, (before, after) => {
        const broken = findBreakingChanges(schemaOf(before), schemaOf(after));
        const told = diffSchemas(
          { schema: before, exposure: EXPOSURE },
          { schema: after, exposure: EXPOSURE },
        ).filter(({ isBreaking }) => isBreaking);
        expect(broken.length > 0 && told.length === 0 ? broken : []).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('is none if only hidden fields change', () => {
    fc.assert(
      fc.property(site, fields, (before, secret) => {
        const types = new Map(before.types);
        const wire = wireSchema({ Secret: secret });
        const changed = parseSiteSchema(wire.entityTypes, wire.fields).types.get('Secret');
        if (changed !== undefined) types.set('Secret', changed);
        const told = diffSchemas(
          { schema: before, exposure: EXPOSURE },
          { schema: { types }, exposure: EXPOSURE },
        );
        expect(told.filter(({ isBreaking }) => isBreaking)).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });
});
