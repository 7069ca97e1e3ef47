import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ConnectorKit, tryConnector } from '../../studio/connector-kit/connector-kit.ts';
import { ROOT } from '../rules/source-files.ts';

const KIT = pathToFileURL(join(ROOT, 'studio/connector-kit/connector-kit.ts')).href;

/** What the author of a connector tries it with, before a server is set up for it. */
describe('The kit for connectors', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'shotgraph-kit-test-'));
    await mkdir(join(folder, 'connectors'));
    await writeFile(join(folder, 'package.json'), '{"type": "module"}');
  });
  afterAll(() => rm(folder, { recursive: true }));

  const using = async <T>(code: string, work: (kit: ConnectorKit) => Promise<T>): Promise<T> => {
    const connector = join(folder, `${Math.random()}.js`);
    await writeFile(connector, code);
    const kit = await tryConnector({ connector, answer: () => Response.json([]) });
    try {
      return await work(kit);
    } finally {
      await kit.close();
    }
  };
  const connectorWith = (resolver: string): string => `export const connector = {
    typeDefs: 'extend type Version { reels: [Int] }',
    fields: { Version: { reels: ${resolver} } },
  };`;
  const QUERY = '{ versions(first: 2) { nodes { id reels } } }';

  it('matches docs/recipes/connector.md, and the connector of that page passes', async () => {
    const recipe = await readFile(join(ROOT, 'docs/recipes/connector.md'), 'utf8');
    const code = /```js\n(?<code>[\s\S]*?)```/u.exec(recipe)?.groups?.['code'] ?? '';
    const check =
      /```js file=dailies\.check\.js\n(?<check>[\s\S]*?)```/u.exec(recipe)?.groups?.['check'] ?? '';
    await writeFile(join(folder, 'connectors', 'dailies.js'), code);
    const file = join(folder, 'dailies.check.js');
    await writeFile(file, check.replace('shotgrid-studio/connector-kit', KIT));
    expect(check).toContain('checkFaults');
    await import(pathToFileURL(file).href);
    // The name by which it is imported leads to what is built of the same file.
    const { exports } = JSON.parse(await readFile(join(ROOT, 'studio/package.json'), 'utf8')) as {
      exports: Record<string, { default: string }>;
    };
    expect(exports['./connector-kit']?.default).toBe('./dist/src/connector-kit/connector-kit.js');
  });

  it('accepts the connector of the render farm', async () => {
    const kit = await tryConnector({
      connector: join(ROOT, 'studio/farm/connector.js'),
      answer: ({ query }) =>
        Response.json({ jobs: [{ id: 7, name: 'beauty', versionId: Number(query['versions']) }] }),
    });
    const query = '{ versions(first: 1) { nodes { id code renderJobs { id name version { code } } } } }';
    const { data, errors } = await kit.ask(query, { as: 'joao' });
    await kit.checkFaults(query);
    await kit.close();
    const [{ id, code, renderJobs }] = data.versions.nodes as [
      { id: number; code: string; renderJobs: unknown },
    ];
    expect([errors, kit.asked[0]]).toEqual([
      [],
      {
        ...{ system: 'kit', method: 'GET', path: '/jobs', query: { versions: String(id) }, body: undefined },
        person: 'joao',
      },
    ]);
    expect(renderJobs).toEqual([{ id: 7, name: 'beauty', version: { code } }]);
  });

  it.each([
    [
      'hides that its system fails',
      `(rows, _args, { system }) => system.get('/x').catch(() => []).then(() => rows.map(() => []))`,
      /down: no field has an error\. Does the connector hide failures/u,
    ],
    [
      'throws errors of its own',
      `(rows, _args, { system }) => system.get('/x').catch(() => { throw new Error('farm is down'); }).then(() => rows.map(() => []))`,
      /down: versions\.nodes\.0\.reels has SYSTEM_BROKEN where SYSTEM_UNAVAILABLE was due/u,
    ],
    ['gives too few values', `async () => []`, /up: Another system of the studio gave no usable answer/u],
  ])('reports a connector that %s, with the problem', async (_, resolver, message) => {
    await expect(using(connectorWith(resolver), (kit) => kit.checkFaults(QUERY))).rejects.toThrow(message);
  });

  it('takes classes and other systems beside the connector, and shows what they say at the places of the settings', async () => {
    const [connector, extension] = [join(folder, 'using.js'), join(folder, 'cuts.ts')];
    await writeFile(
      connector,
      connectorWith(`async (rows, _args, { use }) => {
        const count = await use('storage').get('/reels');
        return rows.map(() => [count]);
      }`),
    );
    await writeFile(
      extension,
      `import { Ctx, FieldResolver, Int, Mutation, Needs, Resolver, Rows, siteType } from 'shotgraph/extension';
      @Resolver(() => siteType('Version'))
      export class Splices {
        @Needs('code')
        @FieldResolver(() => Int, { nullable: true })
        splices(@Rows() rows, @Ctx() { system }) {
          return system('storage').send('POST', '/cuts', rows.map(({ code }) => code));
        }
        @Mutation(() => Int, { nullable: true })
        dropCut(@Ctx() { system }) { return system('editorial').send('DELETE', '/cut'); }
      }`,
    );
    const kit = await tryConnector({
      ...{ connector, extension, answer: () => Response.json(0), refusal: { message: 'problem.text' } },
      systems: {
        storage: ({ body }) => Response.json(Array.isArray(body) ? body.map((_, index) => index) : 3),
        editorial: () => Response.json({ problem: { text: 'The cut is locked.' } }, { status: 409 }),
      },
    });
    const query = '{ versions(first: 2) { nodes { id reels splices } } }';
    const { data, errors } = await kit.ask(query);
    await kit.checkFaults(query);
    const { errors: told } = await kit.ask('mutation { dropCut }');
    await kit.close();
    expect(errors).toEqual([]);
    expect(data.versions.nodes).toMatchObject([
      { reels: [3], splices: 0 },
      { reels: [3], splices: 1 },
    ]);
    expect(told.map(({ message }) => message)).toEqual(['The cut is locked.']);
    expect(kit.asked.at(-1)).toMatchObject({ system: 'editorial', method: 'DELETE', person: 'mira' });
  });

  it('throws the mistakes of the test itself', async () => {
    const answer = (): Response => {
      throw new Error('no such page');
    };
    const kit = await tryConnector({ connector: join(ROOT, 'studio/farm/connector.js'), answer });
    await expect(kit.ask('{ versions(first: 1) { nodes { renderJobs { id } } } }')).rejects.toThrow(
      'no such page',
    );
    await kit.close();
  });

  it('refuses a connector that does not fit the graph as the server does, and leaves nothing behind', async () => {
    const code = `export const connector = { typeDefs: 'extend type Version { reels: Int! }' };`;
    await expect(using(code, async () => undefined)).rejects.toThrow(/Version\.reels has no resolver/u);
  });
});
