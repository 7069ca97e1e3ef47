import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildSchema, specifiedRules, validate } from 'graphql';
import { type OperationList, readOperationList } from '../../src/operations/operation-list.ts';
import { ROOT } from '../rules/source-files.ts';
import { type SiteWorld, startSiteWorld } from '../support/site-world.ts';

const run = promisify(execFile);
const COMPILER = join(ROOT, 'node_modules', 'relay-compiler', 'cli.js');
const CONFIG = {
  src: 'src',
  schema: 'schema.graphql',
  language: 'javascript',
  artifactDirectory: 'src/made',
  eagerEsModules: true,
  schemaConfig: { nodeInterfaceIdField: 'nodeId' },
  persistConfig: { file: 'operations.json', algorithm: 'SHA256' },
};
const PAGE = `import { graphql } from 'relay-runtime';
export const card = graphql\`
  fragment pageCard_version on Version @refetchable(queryName: "pageCardRefetchQuery") {
    code
    sgStatusList
    user { name }
  }
\`;
export const page = graphql\`
  query pageQuery($first: Int!) {
    viewer { login }
    versions(first: $first) { nodes { id ...pageCard_version } }
  }
\`;
`;

interface Artifact {
  readonly params: { readonly id: string; readonly name: string; readonly text: null };
}

type RelayRow = Readonly<Record<string, unknown>>;

interface RelayEnvironment {
  getStore(): { getSource(): { toJSON(): Readonly<Record<string, RelayRow>> } };
}

/** What is used of relay-runtime, which brings no types for TypeScript. */
interface RelayRuntime {
  readonly Environment: new (options: object) => RelayEnvironment;
  readonly Network: {
    create(fetchIt: (params: Artifact['params'], variables: object) => Promise<object>): object;
  };
  readonly RecordSource: new () => object;
  readonly Store: new (source: object) => object;
  fetchQuery(
    environment: RelayEnvironment,
    artifact: Artifact,
    variables: object,
  ): { toPromise(): Promise<object> };
}
const relay: RelayRuntime = createRequire(import.meta.url)('relay-runtime');

describe('Relay, with nodeId as the id of every row', () => {
  let folder: string;
  let world: SiteWorld;
  let list: OperationList;
  beforeAll(async () => {
    await mkdir(join(ROOT, 'test', 'artefacts'), { recursive: true });
    folder = await mkdtemp(join(ROOT, 'test', 'artefacts', 'relay-'));
    await mkdir(join(folder, 'src', 'made'), { recursive: true });
    await cp(join(ROOT, 'schema/schema.graphql'), join(folder, 'schema.graphql'));
    await writeFile(join(folder, 'relay.config.json'), JSON.stringify(CONFIG));
    await writeFile(join(folder, 'operations.json'), '{}');
    await writeFile(join(folder, 'src', 'page.js'), PAGE);
    await run(process.execPath, [COMPILER, 'relay.config.json'], { cwd: folder });
    const schema = buildSchema(await readFile(join(folder, 'schema.graphql'), 'utf8'));
    list = await readOperationList(join(folder, 'operations.json'), 'apps.page.operations', {
      maxTokens: 1000,
      mistakesOf: (document) => validate(schema, document, specifiedRules),
    });
    world = await startSiteWorld();
  });
  afterAll(async () => {
    await world.close();
    await rm(folder, { recursive: true, force: true });
  });

  const artifactOf = async (name: string): Promise<Artifact> => {
    const file = pathToFileURL(join(folder, 'src', 'made', `${name}.graphql.js`)).href;
    return ((await import(file)) as { default: Artifact }).default;
  };

  it('compiles documents that select nodeId automatically, into a list that the server accepts', async () => {
    expect(list.operations.map(({ name }) => name)).toEqual(['pageCardRefetchQuery', 'pageQuery']);
    const page = list.operations.find(({ name }) => name === 'pageQuery');
    expect(page?.text).toMatch(
      /fragment pageCard_version on Version \{[^}]*user \{[^}]*nodeId\s+\}\s+nodeId/u,
    );
    const { params } = await artifactOf('pageQuery');
    expect([params.id, params.text]).toEqual([page?.id, null]);
  });

  it('keeps a row once, whether it came by a list or by node', async () => {
    const environment = new relay.Environment({
      store: new relay.Store(new relay.RecordSource()),
      getDataID: ({ nodeId }: RelayRow) => nodeId,
      network: relay.Network.create(async ({ id }, variables) => {
        const text = list.documents.find((document) => document.id === id)?.text;
        const { data, errors } = await world.ask(text, { variables: { ...variables } });
        return { data, ...(errors.length > 0 && { errors }) };
      }),
    });
    const rows = () =>
      Object.values(environment.getStore().getSource().toJSON()).filter(
        ({ __typename }) => __typename === 'Version',
      );
    await relay.fetchQuery(environment, await artifactOf('pageQuery'), { first: 2 }).toPromise();
    const [row] = rows();
    expect([rows().length, row?.['__id']]).toEqual([2, row?.['nodeId']]);
    const input = { sgStatusList: row?.['sgStatusList'] === 'apr' ? 'rev' : 'apr' };
    await world.ask(
      'mutation ($id: Int!, $input: VersionUpdateInput!) { updateVersion(id: $id, input: $input) { id } }',
      { variables: { id: row?.['id'], input }, as: 'joao' },
    );
    const again = await artifactOf('pageCardRefetchQuery');
    await relay.fetchQuery(environment, again, { nodeId: row?.['nodeId'] }).toPromise();
    expect(rows()).toHaveLength(2);
    expect(rows().find(({ __id }) => __id === row?.['__id'])).toMatchObject(input);
  });
});
