import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildGraphqlSchema } from '../../src/graphql/build-schema.ts';
import { withSystems } from '../../src/graphql/with-systems.ts';
import { ROOT } from '../rules/source-files.ts';
import { smallStudio } from '../support/small-studio.ts';

const IMPORTS = `import {
  Arg, ArgsType, Authorized, Ctx, Field, FieldResolver, Info, InputType, Int, InterfaceType, JsonScalar, Mutation, Needs, ObjectType, Query, registerEnumType,
  Resolver, Root, Rows, siteType, UseMiddleware,
} from 'shotgraph/extension';
`;

describe('Classes that do not fit are refused at the start, with file and line', () => {
  let folder: string;
  const exposed = smallStudio();
  const site = buildGraphqlSchema({ exposed, maxFirst: 1, maxBatch: 1, siteUrl: 'https://site.example' });
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'shotgraph-refused-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const refusal = async (name: string, ...codes: readonly string[]): Promise<string> => {
    const extensions = codes.map((_, index) => join(folder, `${name}${index}.ts`));
    await Promise.all(codes.map((code, index) => writeFile(extensions[index] ?? '', IMPORTS + code)));
    const building = withSystems(site, exposed, { connectors: [], remotes: [], extensions });
    return building.then(
      () => 'it is not refused',
      (error: unknown) => (error instanceof Error ? error.message.replaceAll(`${folder}/`, '') : ''),
    );
  };
  const onVersion = (field: string, name = 'Files') =>
    `@Resolver(() => siteType('Version')) export class ${name} {\n${field}\n}`;
  const field = (name: string, type: string, body = '') =>
    `@FieldResolver(() => ${type}, { nullable: true })\n${name}(@Rows() rows) { ${body} }`;
  const query = (name: string, type: string) => `@Query(() => ${type}, { nullable: true })\n${name}() {}`;
  const roots = (text: string) => `@Resolver() export class Roots {\n${text}\n}`;

  it.each([
    [
      'a type that the site does not have',
      `@Resolver(() => siteType('Versoin')) export class Files {\n${field('files', 'String')}\n}`,
      /Cannot extend type "Versoin".*Did you mean "Version"/u,
    ],
    [
      'a field whose type is not there',
      roots(query('reel', `siteType('Reel')`)),
      /^.*0\.ts:7: Unknown type "Reel"/u,
    ],
    [
      'a field that the type has already',
      onVersion(field('code', 'String')),
      /^.*0\.ts:7: Field "Version\.code" already exists/u,
    ],
    ['the id of a row', onVersion(field('id', 'String')), /Field "Version\.id" already exists/u],
    [
      'a type with the name of one of the site',
      `@ObjectType() export class Shot { @Field(() => String) a; }\n${roots(query('shotOf', 'Shot'))}`,
      /^.*0\.ts:5: Type "Shot" already exists/u,
    ],
    [
      'a type with the name of one of this server',
      `@ObjectType('Viewer') export class Me { @Field(() => String) a; }\n${roots(query('me', 'Me'))}`,
      /^.*0\.ts:5: Type "Viewer" already exists/u,
    ],
    [
      'an enum with such a name',
      `const Ways = { A: 1 };\nregisterEnumType(Ways, { name: 'ActingWay' });\n${roots(query('a', 'Ways'))}`,
      /^.*0\.ts:6: Type "ActingWay" already exists/u,
    ],
    [
      'a default value that the schema cannot say',
      roots(
        '@Query(() => String, { nullable: true })\na(@Arg("x", () => JsonScalar, { defaultValue: {} }) x) {}',
      ),
      /^.*0\.ts:7: Query\.a has a default value that cannot be written in the schema/u,
    ],
    [
      'such a default value of an input',
      `@InputType() export class Wish { @Field(() => JsonScalar, { defaultValue: { a: 1 } }) x; }\n${roots(query('a', 'String'))}`,
      /^.*0\.ts:5: Wish has a default value that cannot be written in the schema/u,
    ],
    [
      'a property and a method of one field, of which the method would never run',
      `@ObjectType() export class Reel {\n@Field(() => String, { name: 'files' }) raw;\n}
@Resolver(() => Reel) export class Reels {
@FieldResolver(() => String, { name: 'files' })
getFiles() {}
}
${roots(query('reel', 'Reel'))}`,
      /^.*0\.ts:10: Reel\.files is there already, as raw of the class Reel/u,
    ],
    [
      'two properties of one field',
      `@ObjectType() export class Reel {\n@Field(() => String, { name: 'files' }) raw;\n@Field(() => Int)\nfiles;\n}
${roots(query('reel', 'Reel'))}`,
      /^.*0\.ts:8: Reel\.files is there already, as raw of the class Reel/u,
    ],
    [
      'a class of one type that extends a class of another, whose fields it would not have',
      `${onVersion(field('label', 'String'), 'Base')}\n@Resolver(() => siteType('Shot')) export class Sub extends Base {}`,
      /^.*0\.ts:9: Sub is for Shot and extends Base, whose fields are for Version/u,
    ],
    [
      'two queries of one name',
      `${roots(query('reel', 'String'))}\n@Resolver() export class Others {\n${query('reel', 'Int')}\n}`,
      /^.*0\.ts:11: Query\.reel is there already, from the class Roots/u,
    ],
    [
      'two fields of one name',
      `${onVersion(field('reel', 'String'))}\n${onVersion(field('reel', 'Int'), 'Others')}`,
      /^.*0\.ts:11: Version\.reel is there already, from the class Files/u,
    ],
    [
      'a field that may not be null',
      onVersion('@FieldResolver(() => Int)\nreels() {}'),
      /^.*0\.ts:7: Version\.reels must be nullable/u,
    ],
    [
      'a single row that may not be null',
      `@ObjectType() export class Reel { @Field(() => siteType('Version')) version; }\n${roots(query('reel', 'Reel'))}`,
      /^.*0\.ts:5: Reel\.version must be nullable/u,
    ],
    [
      'a field without a type',
      `@ObjectType() export class Reel {\n@Field() name;\n}\n${roots(query('reel', 'Reel'))}`,
      /Unable to infer GraphQL type .*'name' of 'Reel' class\. Write the type, such as @Field\(\(\) => String\)/u,
    ],
    [
      'a type that is no class of GraphQL',
      `class Plain {}\n${roots(query('reel', 'Plain'))}`,
      /^.*0\.ts:8: Cannot determine GraphQL output type for 'reel' of 'Roots' class/u,
    ],
    [
      'a resolver of a class without @ObjectType',
      `class Plain {}\n@Resolver(() => Plain) export class Files {\n${field('files', 'String')}\n}`,
      /Unable to find type metadata .*'Plain'/u,
    ],
    [
      'a resolver that is not exported',
      `${roots(query('a', 'String'))}\n@Resolver() class Hidden {\n${query('b', 'String')}\n}`,
      /^.*0\.ts:9: the class Hidden has @Resolver and is not exported/u,
    ],
    [
      'a class without @Resolver',
      `${roots(query('a', 'String'))}\nexport class Lost {\n${query('b', 'String')}\n}`,
      /^.*0\.ts:11: b is in the class Lost, which has no @Resolver/u,
    ],
    ['nothing that would be added', 'export const a = 1;', /0\.ts: it exports no class with @Resolver/u],
    [
      'an enum that no field has',
      `registerEnumType({ A: 1 }, { name: 'Reels' });\n${roots(query('a', 'String'))}`,
      /Reels is registered, but no field has it/u,
    ],
    ['an error at its import', 'throw new Error("at load");', /0\.ts: it cannot be loaded: at load/u],
    [
      'a need that the type does not have',
      onVersion(`@Needs('cod') ${field('reel', 'String')}`),
      /^.*0\.ts:7: Version\.reel cannot be read: it needs "cod".*Did you mean "code"/u,
    ],
    [
      'a need of a query',
      roots(`@Needs('code') ${query('reel', 'String')}`),
      /^.*0\.ts:7: Query\.reel has no rows: @Rows and @Needs are for fields of types/u,
    ],
    [
      'a need of a row that is not ShotGrid’s',
      `@ObjectType() export class Reel { @Field(() => String) name; }
@Resolver(() => Reel) export class Reels {
@Needs('name') @FieldResolver(() => String, { nullable: true })
loud(@Root() reel) { return reel.name; }
}
${roots(query('reel', 'Reel'))}`,
      /^.*0\.ts:\d: Reel\.loud cannot have needs/u,
    ],
    [
      'a resolver of rows that takes the place in the document',
      onVersion('@FieldResolver(() => String, { nullable: true })\nreel(@Rows() rows, @Info() info) {}'),
      /^.*0\.ts:7: Version\.reel cannot take @Info/u,
    ],
    [
      'a class that two others extend, of which one would have its fields',
      `@Resolver() export class Base {\n${query('a', 'String')}\n}
@Resolver() export class One extends Base {}
@Resolver() export class Two extends Base {}`,
      /^.*0\.ts:10: Two and One extend Base, and only one of them would get its fields/u,
    ],
    [
      'a type of ours that holds rows',
      roots(query('mine', `siteType('VersionConnection')`)),
      /Query\.mine cannot be VersionConnection/u,
    ],
    [
      'a field on what is no row',
      `@Resolver(() => siteType('Viewer')) export class Files {\n${field('files', 'String')}\n}`,
      /Viewer\.files cannot be added/u,
    ],
    [
      'roles of a class for what it has from another',
      `@Resolver() class Base {\n${query('wipe', 'String')}\n}
@Authorized('Admin') @Resolver() export class Sub extends Base {}`,
      /^.*0\.ts:9: @Authorized of Sub does not guard what the class has from Base/u,
    ],
    [
      'middleware of such a class',
      `@Resolver() class Base {\n${query('wipe', 'String')}\n}
@UseMiddleware(async (_, next) => next()) @Resolver() export class Sub extends Base {\n${query('a', 'String')}\n}`,
      /^.*0\.ts:9: @UseMiddleware of Sub does not guard what the class has from Base/u,
    ],
    [
      'a role on a method that replaces another',
      `@Resolver() class Base {\n${query('wipe', 'String')}\n}
@Resolver() export class Sub extends Base {\n@Authorized('Admin')\nwipe() {}\n}`,
      /^.*0\.ts:11: @Authorized of wipe guards nothing/u,
    ],
    [
      'a query beside those that a class has with their roles',
      `@Authorized('Admin') @Resolver() class Base {\n${query('wipe', 'String')}\n}
@Resolver() export class Sub extends Base {\n${query('a', 'String')}\n}`,
      /^.*0\.ts:11: @Authorized of Base does not guard a of Sub/u,
    ],
    [
      'a role on a field of a type with simple resolvers',
      `@ObjectType({ simpleResolvers: true }) export class Reel {\n@Authorized('Admin') @Field(() => String)\nsecret;\n}
${roots(query('reel', 'Reel'))}`,
      /^.*0\.ts:7: @Authorized has no effect on secret, which is a simple field of Reel/u,
    ],
    [
      'a role of a type with a simple field',
      `@Authorized('Admin') @ObjectType() export class Reel {\n@Field(() => String, { simple: true })\nsecret;\n}
${roots(query('reel', 'Reel'))}`,
      /^.*0\.ts:7: @Authorized has no effect on secret, which is a simple field of Reel/u,
    ],
    [
      'a role on a field that a simple type has from an interface',
      `@InterfaceType() class Base {\n@Authorized('Admin') @Field(() => String)\nsecret;\n}
@ObjectType({ implements: Base, simpleResolvers: true }) class Reel extends Base {}
${roots(query('reel', 'Reel'))}`,
      /^.*0\.ts:7: @Authorized has no effect on secret, which is a simple field of Reel/u,
    ],
    [
      'a role on a field of an input',
      `@InputType() class Wish {\n@Authorized('Admin') @Field(() => String)\nsecret;\n}
${roots("@Query(() => String, { nullable: true })\nreel(@Arg('wish', () => Wish) wish) {}")}`,
      /^.*0\.ts:7: @Authorized has no effect on an input/u,
    ],
    [
      'a role of arguments',
      `@Authorized('Admin') @ArgsType() class Wishes {\n@Field(() => String)\nsecret;\n}
${roots(query('reel', 'String'))}`,
      /^.*0\.ts:5: @Authorized has no effect on an input/u,
    ],
    [
      'a role of a type for a field that another class adds',
      `@Authorized('Admin') @ObjectType() class Reel { @Field(() => String) name; }
@Resolver(() => Reel) export class Reels {\n${field('loud', 'String')}\n}
${roots(query('reel', 'Reel'))}`,
      /^.*0\.ts:8: @Authorized of Reel does not guard loud of Reels/u,
    ],
  ])('%s', async (what, code, message) => {
    expect(await refusal(what.replaceAll(/\W/gu, '-'), code)).toMatch(message);
  });

  it('fields of two modules that need each other', async () => {
    const needing = (need: string, name: string) =>
      onVersion(`@Needs('${need}') ${field(name, 'String')}`, `Of${name}`);
    expect(await refusal('circle', needing('there', 'here'), needing('here', 'there'))).toMatch(
      /circle[01]\.ts:7: Version\.(?:here|there) needs itself: Version\.here -> Version\.there -> Version\.here/u,
    );
  });

  it('a second copy of the library, with what to do', async () => {
    const copy = join(folder, 'node_modules', 'type-graphql');
    await cp(join(ROOT, 'node_modules/type-graphql/package.json'), join(copy, 'package.json'));
    await mkdir(join(copy, 'build', 'cjs'), { recursive: true });
    await writeFile(join(copy, 'build', 'cjs', 'index.js'), 'throw new Error("it is never run");');
    const code = `import { ID } from 'type-graphql';\n${roots(query('a', 'ID'))}`;
    expect(await refusal('second', code)).toMatch(
      /^The extension "second0" cannot be used: second0\.ts:5: it imports a second copy of type-graphql, .*Import from 'shotgraph\/extension'/u,
    );
  });

  it('the same field from two modules, and a module that is not there', async () => {
    const reel = onVersion(field('reel', 'String'));
    expect(await refusal('twice', reel, reel)).toMatch(
      /"twice1" cannot be used: twice1\.ts:7: Version\.reel is there already/u,
    );
    const extensions = [join(folder, 'nowhere.js')];
    await expect(withSystems(site, exposed, { connectors: [], remotes: [], extensions })).rejects.toThrow(
      /"nowhere" cannot be used: .*nowhere\.js: it cannot be loaded/u,
    );
  });
});
