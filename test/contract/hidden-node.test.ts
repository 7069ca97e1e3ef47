import { expect, it } from 'vitest';
import { startSiteWorld } from '../support/site-world.ts';

it('An id of all rows leads to none of a hidden type, and asks the site nothing of it', async () => {
  const world = await startSiteWorld({}, { exposure: 'types: { PublishedFile: { hide: true } }' });
  const { data } = await world.ask('{ version(id: 1) { nodeId } }');
  const shown = String(data.version.nodeId);
  const [site = ''] = Buffer.from(shown, 'base64url').toString().split(':');
  const hidden = Buffer.from(`${site}:PublishedFile:1`).toString('base64url');
  await world.takeCalls();
  const answer = await world.ask(
    `{ hidden: node(id: "${hidden}") { __typename } shown: node(id: "${shown}") { __typename } }`,
  );
  const calls = await world.takeCalls();
  await world.close();
  expect(answer.errors).toEqual([]);
  expect(answer.data).toEqual({ hidden: null, shown: { __typename: 'Version' } });
  expect(calls).toHaveLength(1);
});
