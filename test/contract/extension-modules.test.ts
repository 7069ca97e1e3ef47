import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildGraphqlSchema } from '../../src/graphql/build-schema.ts';
import { withSystems } from '../../src/graphql/with-systems.ts';
import { smallStudio } from '../support/small-studio.ts';

const IMPORTS = `import { Field, FieldResolver, Info, InterfaceType, ObjectType, Query, Resolver, Rows, siteType } from 'shotgraph/extension';
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

describe('Modules of classes are distinguished, so the start refuses', () => {
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

  const TYPES = `@InterfaceType() export class Named { @Field(() => String) name; }
@ObjectType({ implements: Named }) export class Reel extends Named {}
@Resolver() export class Roots { @Query(() => Reel, { nullable: true }) reel() {} }
`;
  const onRows = (type: string): string => `@Resolver(() => ${type}) export class Reels {
  @FieldResolver(() => String, { nullable: true })
  loud(@Rows() reels, @Info() info) {}
}
`;
  it.each([
    [
      'one that takes its place in the document',
      [TYPES + onRows('Reel')],
      /0\.ts:7: loud cannot take @Info/u,
    ],
    ['one about an interface', [TYPES + onRows('Named')], /0\.ts:7: loud cannot take @Info/u],
    [
      'one of another module than the type',
      [TYPES, `import { Reel } from './0.ts';\n${onRows('Reel')}`],
      /"1" cannot be used: .*1\.ts:5: loud cannot take @Info/u,
    ],
    [
      'one that is in the type itself, where it would never get rows',
      [TYPES.replace('Named {}', 'Named {\n@Field(() => String)\nloud(@Rows() reels) {}\n}')],
      /0\.ts:5: loud takes @Rows and is a method of Reel itself\. .*@Resolver\(\(\) => Reel\)/u,
    ],
  ])('a method on rows that could not work: %s', async (_, codes, message) => {
    const modules = await mkdtemp(join(folder, 'rows-'));
    const extensions = codes.map((__, index) => join(modules, `${index}.ts`));
    await Promise.all(codes.map((code, index) => writeFile(extensions[index] ?? '', IMPORTS + code)));
    await expect(withSystems(site, exposed, { connectors: [], remotes: [], extensions })).rejects.toThrow(
      message,
    );
  });
});
