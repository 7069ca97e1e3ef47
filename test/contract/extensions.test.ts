import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildGraphqlSchema } from '../../src/graphql/build-schema.ts';
import { askGraphql, principalOf } from '../support/ask-graphql.ts';
import { createGraphqlWorld, type GraphqlWorld } from '../support/graphql-world.ts';
import { smallStudio } from '../support/small-studio.ts';

const IMPORTS = `import {
  Arg, Authorized, Ctx, Field, FieldResolver, InputType, Int, JsonScalar, Mutation, ObjectType, Query, registerEnumType,
  Resolver, Root, Rows, siteType, UseMiddleware,
} from 'shotgraph/extension';
`;

const STORAGE = `${IMPORTS}
const State = { HERE: 'here', GONE: 'gone' };
registerEnumType(State, { name: 'StoredState' });
const Scalar = JsonScalar.constructor;
const parsed = (text) => (/^\\d+$/u.test(text) ? BigInt(text) : new Set(text.split(' ')));
const Kind = new Scalar({ name: 'StoredKind', parseValue: parsed, parseLiteral: ({ value }) => parsed(value) });

@ObjectType({ description: 'A file on the storage.' })
export class StoredFile {
  @Field(() => String) path;
  @Field(() => State) state;
  @Authorized('supervisor')
  @Field(() => String, { nullable: true }) owner;
  @Field(() => siteType('Version'), { nullable: true }) version;
}

@InputType()
export class FileInput {
  @Field(() => String) folder;
  @Field(() => State, { defaultValue: State.HERE }) state;
  get path() { return this.folder + '/' + this.state; }
}

export const calls = [];
const counted = async ({ info: _info }, next) => { calls.push('middleware'); return next(); };

@Resolver(() => siteType('Version'))
export class VersionFiles {
  @UseMiddleware(counted)
  @FieldResolver(() => [StoredFile], { nullable: true })
  files(@Rows() rows, @Ctx() { person }) {
    calls.push(rows.map(({ type, id }) => type + id).join());
    return rows.map(({ id }) => [{ path: person.login + '/' + id, state: State.GONE, owner: 'x', version: { id, code: 'forged' } }]);
  }

  @FieldResolver(() => String, { nullable: true })
  label(@Root() row, @Arg('loud', () => Boolean, { defaultValue: false }) loud) {
    if (row.id === 2) throw new Error('a secret text');
    return row.type + row.id + (loud ? '!' : '');
  }
}

@Resolver(() => siteType('Version'))
export class VersionKinds {
  @FieldResolver(() => String, { nullable: true })
  of(@Rows() rows, @Arg('kind', () => Kind) kind) {
    calls.push(typeof kind);
    return rows.map(({ id }) => (typeof kind === 'bigint' ? kind.toString() : id + [...kind].join()));
  }

  @FieldResolver(() => String, { nullable: true })
  mood(@Rows() rows) { return [new Error('a secret text'), ...rows.slice(1).map(() => 'fine')]; }
}

@Resolver(() => StoredFile)
export class FileFields {
  @FieldResolver(() => String)
  name(@Root() file) { return file.path.split('/').at(-1); }

  @FieldResolver(() => Int, { nullable: true })
  copies(@Rows() files) { calls.push(files.map(({ path }) => path).join()); return files.map(() => 2); }
}

@Resolver()
export class StorageRoots {
  @Query(() => StoredFile, { nullable: true })
  storedFile(@Arg('file', () => FileInput) file) { return { path: file.path, state: file.state }; }

  @Query(() => [siteType('Version')], { nullable: true })
  newest() { return [{ id: 9 }, { id: 2 }, { id: 1 }, { id: 2 }]; }

  @Query(() => [String], { nullable: true })
  async *streamed() { yield 'a secret text'; }

  @Query(() => String, { nullable: true })
  clicked(@Ctx() context) { return JSON.stringify([context.launch, Object.keys(context).sort()]); }

  @Mutation(() => Boolean, { nullable: true })
  @Authorized('Admin')
  dropFile() { calls.push('dropped'); return true; }
}
`;

const rows = { Version: [1, 2].map((id) => ({ id, code: `v${id}` })) };

describe('Classes of a studio', () => {
  let folder: string;
  let file: string;
  let world: GraphqlWorld;
  const audited: Record<string, unknown>[] = [];
  const openWorld = () =>
    createGraphqlWorld({
      rows,
      deps: {
        parts: { connectors: [], remotes: [], extensions: [file] },
        audit: { record: (entry) => void audited.push({ ...entry }) },
      },
    });
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'shotgraph-extension-'));
    file = join(folder, 'storage.ts');
    await writeFile(file, STORAGE);
    world = await openWorld();
  });
  afterAll(async () => {
    await world.close();
    await rm(folder, { recursive: true });
  });

  const calls = async (): Promise<string[]> => {
    const module = (await import(file)) as { calls: string[] };
    return module.calls.splice(0);
  };

  it('are asked once for all rows of a level, about rows that the person sees, and rows that they name are read', async () => {
    await calls();
    const { data, codes } = await world.ask(`{
      versions { nodes { id files { path state name copies version { id code } } label(loud: true) } }
      newest { id code }
      storedFile(file: { folder: "shots" }) { path state }
    }`);
    const fileOf = (id: number) => ({
      ...{ path: `mira/${id}`, state: 'GONE', name: String(id), copies: 2 },
      version: { id, code: `v${id}` },
    });
    expect(data).toEqual({
      versions: {
        nodes: [
          { id: 1, files: [fileOf(1)], label: 'Version1!' },
          { id: 2, files: [fileOf(2)], label: null },
        ],
      },
      newest: [
        { id: 2, code: 'v2' },
        { id: 1, code: 'v1' },
        { id: 2, code: 'v2' },
      ],
      storedFile: { path: 'shots/here', state: 'HERE' },
    });
    expect(codes).toEqual(['SYSTEM_BROKEN']);
    expect(await calls()).toEqual(['middleware', 'Version1,Version2', 'mira/1,mira/2']);
  });

  it('are asked once for each argument, also where it has no form in JSON', async () => {
    await calls();
    const { data } = await world.ask(`{
      versions { nodes { image: of(kind: "png jpg") movie: of(kind: "mov") any: of(kind: "8") more: of(kind: "8") } }
    }`);
    expect(data.versions.nodes).toEqual([
      { image: '1png,jpg', movie: '1mov', any: '8', more: '8' },
      { image: '2png,jpg', movie: '2mov', any: '8', more: '8' },
    ]);
    expect(await calls()).toEqual(['object', 'object', 'bigint']);
  });

  it('never show the message of an error that they throw', async () => {
    const { data, text, codes, errors } = await world.ask(
      '{ version(id: 2) { label } versionsByIds(ids: [1, 2]) { mood } streamed }',
    );
    expect(data).toEqual({
      version: { label: null },
      versionsByIds: [{ mood: null }, { mood: 'fine' }],
      streamed: null,
    });
    expect(new Set(codes)).toEqual(new Set(['SYSTEM_BROKEN']));
    const told = errors.map(({ extensions: { details } }) =>
      [details?.['field'], details?.['reason']].join(' '),
    );
    expect(told.toSorted()).toEqual(['Query.streamed value', 'Version.label class', 'Version.mood class']);
    expect(errors.map(({ extensions: { details } }) => details?.['system'])).toEqual(
      told.map(() => 'storage'),
    );
    expect(text + world.log.join('')).not.toContain('a secret text');
  });

  it('refuse people without the role, before anything is done, with a record in the audit trail', async () => {
    await calls();
    const { codes } = await world.ask('mutation { dropFile }');
    expect(codes).toEqual(['FORBIDDEN']);
    expect(await calls()).toEqual([]);
    expect(audited.at(-1)).toMatchObject({ system: 'storage', change: 'dropFile', outcome: 'refused' });
    const admin = { ...principalOf('mira'), permissionRole: 'ADMIN' };
    expect((await askGraphql(world.part, admin, 'mutation { dropFile }')).data).toEqual({ dropFile: true });
    expect(audited.at(-1)).toMatchObject({ system: 'storage', change: 'dropFile', outcome: 'done' });
    const { data } = await world.ask('{ version(id: 1) { files { path owner } } }');
    expect(data.version.files).toEqual([{ path: 'mira/1', owner: null }]);
  });

  it('are not called for a mutation under another person’s launch, but for a query', async () => {
    await calls();
    const before = audited.length;
    const admin = { ...principalOf('mira'), permissionRole: 'ADMIN' };
    const launchId = 'of-nobody';
    const write = 'mutation { first: dropFile second: dropFile }';
    const { data, errors } = await askGraphql(world.part, admin, write, { launchId });
    expect(data).toEqual({ first: null, second: null });
    expect(errors.map(({ path, extensions: { code, details } }) => [path, code, details])).toEqual([
      [['first'], 'BAD_USER_INPUT', undefined],
      [['second'], 'BAD_USER_INPUT', undefined],
    ]);
    expect([await calls(), audited.length]).toEqual([[], before]);
    const read = await askGraphql(world.part, admin, '{ version(id: 1) { label } }', { launchId });
    expect([read.data, read.errors]).toEqual([{ version: { label: 'Version1' } }, []]);
  });

  it('get a small context, without the request’s own tools', async () => {
    const { data } = await world.ask('{ clicked }');
    expect(JSON.parse(data.clicked)).toEqual([
      null,
      ['fail', 'launch', 'person', 'read', 'search', 'signal', 'system'],
    ]);
  });

  it('are in each schema of a process, and schemas that are built meanwhile get none of them', async () => {
    buildGraphqlSchema({ exposed: smallStudio(), maxFirst: 1, maxBatch: 1, siteUrl: 'https://site.example' });
    const second = await openWorld();
    const query =
      '{ storedFile(file: { folder: "a" }) { path name } version(id: 1) { label files { name } } }';
    const { data } = await second.ask(query);
    expect(data).toEqual((await world.ask(query)).data);
    expect(data.storedFile).toEqual({ path: 'a/here', name: 'here' });
    await second.close();
  });
});
