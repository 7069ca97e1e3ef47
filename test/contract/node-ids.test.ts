import { InMemoryCache, gql } from '@apollo/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createNodeIds } from '../../src/graphql/fields/node-ids.ts';
import { type SiteWorld, startSiteWorld } from '../support/site-world.ts';

const NODE =
  'query ($id: ID!) { node(id: $id) { __typename nodeId ... on Entity { id type name } ... on Version { code } } }';

describe('one id for every row', () => {
  let world: SiteWorld;
  let nodeId: string;
  let row: Record<string, unknown>;
  beforeAll(async () => {
    world = await startSiteWorld();
    const { data } = await world.ask(
      '{ version(id: 1) { nodeId id type name code project { nodeId } entity { nodeId } } }',
    );
    row = (data as { version: Record<string, unknown> }).version;
    nodeId = String(row['nodeId']);
  });
  afterAll(() => world.close());

  const nodeOf = async (id: string) => world.ask(NODE, { variables: { id } });

  it('leads to the row, and links have the same one without a further call', async () => {
    const { data, codes } = await nodeOf(nodeId);
    expect(codes).toEqual([]);
    const { id, type, name, code } = row;
    expect(data).toEqual({ node: { __typename: 'Version', nodeId, id, type, name, code } });
    const project = (row['project'] as { nodeId: string }).nodeId;
    expect((await nodeOf(project)).data).toMatchObject({ node: { __typename: 'Project', nodeId: project } });
  });

  it('is null in the same way for ids that are foreign, malformed, unknown or of a hidden type', async () => {
    const ours = (type: string, id: number): string => {
      const [site = ''] = Buffer.from(nodeId, 'base64url').toString().split(':');
      return Buffer.from(`${site}:${type}:${id}`).toString('base64url');
    };
    const none = [
      createNodeIds('https://another.example').idOf({ type: 'Version', id: 1 }),
      ...[ours('Version', 999_999), ours('ApiUser', 1), ours('Nothing', 1), ours('Version', 99_999_999_999)],
      ...[
        `${nodeId}=`,
        `${nodeId} `,
        nodeId.slice(0, -1),
        'Version:1',
        '1',
        '',
        '\u0000',
        'x'.repeat(10_000),
      ],
    ];
    const answers = [];
    for (const id of none) {
      const { data, codes } = await nodeOf(id);
      answers.push([id.slice(0, 20), codes.length === 0 ? data : codes]);
    }
    expect(answers.filter(([id]) => id !== '\u0000').map(([, answer]) => answer)).toEqual(
      none.filter((id) => id !== '\u0000').map(() => ({ node: null })),
    );
  });

  it('gives a row one identity in the cache of Apollo Client, by either id', async () => {
    const cache = new InMemoryCache({ possibleTypes: { Node: ['Version'], Entity: ['Version'] } });
    const byNode = gql(NODE);
    const byId = gql('{ version(id: 1) { __typename id nodeId sgStatusList } }');
    cache.writeQuery({ query: byNode, variables: { id: nodeId }, data: (await nodeOf(nodeId)).data });
    const { data } = await world.ask('{ version(id: 1) { __typename id nodeId sgStatusList } }');
    cache.writeQuery({ query: byId, data });
    const rows = Object.keys(cache.extract()).filter((key) => key !== 'ROOT_QUERY' && key !== '__META');
    expect(rows).toEqual(['Version:1']);
  });
});
