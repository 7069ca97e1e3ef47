import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildGraphqlSchema } from '../../src/graphql/build-schema.ts';
import { withSystems } from '../../src/graphql/with-systems.ts';
import { smallStudio } from '../support/small-studio.ts';

const IMPORTS = `import { FieldResolver, Query, Resolver, Rows, siteType } from 'shotgraph/extension';
`;
const CODE = `@Resolver(() => siteType('Version'))
export class Codes {
  @FieldResolver(() => String, { nullable: true })
  code(@Rows() rows) { return rows; }
}
`;
const queryOf = (name: string): string => `@Resolver()
export class Roots {
  @Query(() => String, { nullable: true })
  ${name}() {}
}
`;

describe('Modules of classes are told apart: what is refused is', () => {
  let folder: string;
  const exposed = smallStudio();
  const site = buildGraphqlSchema({ exposed, maxFirst: 1, maxBatch: 1, siteUrl: 'https://site.example' });
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'shotgraph-modules-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('a class of another file than the module, at its place there', async () => {
    await writeFile(join(folder, 'part.ts'), IMPORTS + CODE);
    const extensions = [join(folder, 'elsewhere.ts')];
    await writeFile(extensions[0] ?? '', "export * from './part.ts';");
    await expect(withSystems(site, exposed, { connectors: [], remotes: [], extensions })).rejects.toThrow(
      /"elsewhere" cannot be used: .*\/part\.ts:5: Field "Version\.code" already exists/u,
    );
  });

  it('a module with the name of another one, or of a system that adds to the graph', async () => {
    const extensions = ['a', 'b'].map((name) => join(folder, name, 'index.ts'));
    await Promise.all(['a', 'b'].map((name) => mkdir(join(folder, name))));
    await Promise.all(extensions.map((file, at) => writeFile(file, IMPORTS + queryOf(`q${at}`))));
    await expect(withSystems(site, exposed, { connectors: [], remotes: [], extensions })).rejects.toThrow(
      /"index" cannot be used: .*b\/index\.ts: another module has this name/u,
    );
    const connectors = [{ name: 'index', connector: { typeDefs: 'type Job { id: Int }' } }];
    await expect(
      withSystems(site, exposed, { connectors, remotes: [], extensions: extensions.slice(0, 1) }),
    ).rejects.toThrow(/a\/index\.ts: a system has this name/u);
  });
});
