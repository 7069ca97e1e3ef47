import { mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What the page asks first: who looks, and fifty selected Versions. */
const OPERATION = `query Room($id: ID!) {
  viewer { displayName login }
  launch(id: $id) {
    selectedCount
    selected {
      id name
      ... on Version {
        code description sgStatusList createdAt project { id name }
        entity { id type name ... on Shot { sgSequence { id name } } } sgTask { id name } user { id name }
      }
    }
  }
}
`;

const PAGE = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Room</title><link rel="icon" href="data:,"></head>
<body><ul></ul><script type="module" src="./tool.js"></script></body>
</html>
`;

/** Asks as soon as it runs, and shows a line for each row. */
const CODE = `const launch = new URLSearchParams(location.search).get('launch');
const answer = await fetch('/graphql', {
  method: 'POST',
  headers: { 'content-type': 'application/json', 'x-shotgraph-launch': launch },
  body: JSON.stringify({ query: ${JSON.stringify(OPERATION)}, operationName: 'Room', variables: { id: launch } }),
});
const { data, errors } = await answer.json();
document.querySelector('ul').append(
  ...(data?.launch?.selected ?? []).map(({ code }) => Object.assign(document.createElement('li'), { textContent: code })),
);
performance.mark('rows');
document.body.dataset.shown = errors === undefined ? String(document.querySelectorAll('li').length) : JSON.stringify(errors);
`;

/** A tool that a server is to serve. */
export interface Tool {
  /** Settings that make the server serve it. */
  readonly environment: NodeJS.ProcessEnv;
  remove(): Promise<void>;
}

/** Writes a small tool that a menu item opens, in a folder of its own. @param first whether its first operation begins at the click */
export async function makeTool(first: boolean): Promise<Tool> {
  const folder = await mkdtemp(join(tmpdir(), 'shotgraph-click-'));
  const [app, operations] = [join(folder, 'app'), join(folder, 'operations')];
  await Promise.all([mkdir(app), mkdir(operations)]);
  await writeFile(join(app, 'index.html'), PAGE);
  await writeFile(join(app, 'tool.js'), CODE);
  await writeFile(join(operations, 'room.graphql'), OPERATION);
  const ami = { secrets: ['${SHOTGRAPH_AMI_SECRET_REVIEW}'], entityTypes: ['Version'], opens: '/apps/room/' };
  const settings = {
    amis: { review: { ...ami, ...(first && { first: 'Room' }) } },
    apps: { room: { directory: app, ...(first && { operations }) } },
  };
  // JSON is YAML.
  await writeFile(join(folder, 'shotgraph.yml'), JSON.stringify(settings));
  return {
    environment: {
      SHOTGRAPH_CONFIG: join(folder, 'shotgraph.yml'),
      SHOTGRAPH_SYSTEM_FARM_URL: undefined,
      SHOTGRAPH_SYSTEM_TIMESHEETS_URL: undefined,
    },
    remove: () => rm(folder, { recursive: true }),
  };
}

/** Whether the server of this checkout can begin an operation at the click. */
export async function knowsFirst(root: string): Promise<boolean> {
  const text = await readFile(`${root}schema/shotgraph.schema.json`, 'utf8').catch(() => '{}');
  const { properties } = JSON.parse(text) as {
    properties?: { amis?: { additionalProperties?: { properties?: object } } };
  };
  return 'first' in (properties?.amis?.additionalProperties?.properties ?? {});
}
