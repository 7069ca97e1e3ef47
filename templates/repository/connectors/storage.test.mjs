import assert from 'node:assert/strict';
import { test } from 'node:test';

const KIT = 'shotgrid-studio/connector-kit';
const { tryConnector } = await import(KIT).catch(() => ({}));
const skip =
  tryConnector === undefined
    ? `${KIT} is not installed: npm i -D ./shotgrid-studio-<version>.tgz, the file that came with shotgraph's`
    : false;

await test('projects show what they use on the storage, as the person who asks', { skip }, async () => {
  const kit = await tryConnector({
    connector: new URL('storage.mjs', import.meta.url),
    answer: ({ query }) =>
      Response.json(query.projects.split(',').map((id) => ({ project: Number(id), gigabytes: 7.5 }))),
  });
  try {
    const query = '{ projects(first: 2) { nodes { id storageGigabytes } } }';
    const { data, errors } = await kit.ask(query, { as: 'mira' });
    assert.deepEqual(errors, []);
    assert.equal(data.projects.nodes[0].storageGigabytes, 7.5);
    assert.deepEqual(
      kit.asked.map(({ person }) => person),
      ['mira'],
    );
    // Where the storage is down, slow, broken or refuses, only this field fails.
    await kit.checkFaults(query);
  } finally {
    await kit.close();
  }
});
