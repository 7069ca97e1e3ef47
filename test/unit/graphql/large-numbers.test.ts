import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exposeSchema } from '../../../src/site/expose.ts';
import { EMPTY_EXPOSURE } from '../../../src/site/exposure.ts';
import { parseSiteSchema } from '../../../src/site/parse-site-schema.ts';
import { createGraphqlWorld, type GraphqlWorld } from '../../support/graphql-world.ts';
import { wireField, wireSchema } from '../../support/small-site-schema.ts';

const LARGE = 3_221_225_472;
const { entityTypes, fields } = wireSchema({
  Attachment: {
    display_name: wireField('text'),
    file_size: wireField('number', {}, { editable: false }),
    frame_count: wireField('number'),
    length: wireField('duration'),
    price: wireField('currency'),
  },
});

describe('a number of more than 32 bits', () => {
  let world: GraphqlWorld;
  beforeEach(async () => {
    const row = { id: 1, display_name: 'plate.mov', file_size: LARGE, frame_count: LARGE, length: -LARGE };
    world = await createGraphqlWorld({
      rows: { Attachment: [row] },
      exposed: exposeSchema(parseSiteSchema(entityTypes, fields), EMPTY_EXPOSURE),
    });
  });
  afterEach(() => world.close());

  it('is shown and can be searched where it is the size of a file', async () => {
    const { data, errors } = await world.ask(
      `{ attachments(filter: { fileSize: { greaterThan: ${LARGE - 1} } }) { nodes { name fileSize } } }`,
    );
    expect(errors).toEqual([]);
    expect(data.attachments.nodes).toEqual([{ name: 'plate.mov', fileSize: LARGE }]);
    expect(world.site.calls[0]?.search?.filter.conditions).toEqual([
      ['file_size', 'greater_than', LARGE - 1],
    ]);
  });

  it('is an error with the reason at its place in any other field, and the rest is shown', async () => {
    const { data, errors } = await world.ask('{ attachment(id: 1) { fileSize frameCount length } }');
    expect(data).toEqual({ attachment: { fileSize: LARGE, frameCount: null, length: null } });
    expect(errors.map(({ path, extensions }) => [path, extensions])).toEqual([
      [['attachment', 'frameCount'], expect.objectContaining({ code: 'UPSTREAM_BROKEN' })],
      [['attachment', 'length'], expect.objectContaining({ code: 'UPSTREAM_BROKEN' })],
    ]);
    expect(errors[0]?.extensions.details).toMatchObject({ reason: 'outOfRange', value: LARGE });
    expect(errors[0]?.message).toContain('32 bits');
  });

  it('or with decimals is compared where it is money', async () => {
    const { codes } = await world.ask(
      '{ attachments(filter: { price: { between: [0.5, 9999999999.99] } }) { nodes { id } } }',
    );
    expect(codes).toEqual([]);
    expect(world.site.calls[0]?.search?.filter.conditions).toEqual([
      ['price', 'between', [0.5, 9999999999.99]],
    ]);
  });
});
