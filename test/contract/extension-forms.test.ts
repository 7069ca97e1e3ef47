import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGraphqlWorld, type GraphqlWorld } from '../support/graphql-world.ts';

const IMPORTS = `import {
  Arg, createUnionType, Ctx, Field, FieldResolver, ID, InputType, Int, InterfaceType, Mutation, ObjectType, Query,
  registerEnumType, Resolver, Root, Rows, siteType,
} from 'shotgraph/extension';
`;

/** Imported by both modules: the first of them to be loaded declares it. */
const COMMON = `${IMPORTS}
@InterfaceType()
export class Stored {
  @Field(() => String) path;
}

export function pageOf(type) {
  @ObjectType()
  class Page {
    @Field(() => [type]) items;
    @Field(() => Int) total;
  }
  return Page;
}

export function countsOf(name, type) {
  @Resolver(() => type)
  class Counts {
    @Query(() => Int, { name: name + 'Count', nullable: true })
    count() { return this.all().length; }

    @FieldResolver(() => String, { nullable: true })
    upper(@Root() { path }) { return path.toUpperCase() + this.all().length; }
  }
  return Counts;
}

@Resolver()
export class Answering {
  @Query(() => Int, { nullable: true })
  answer() { return this.value; }
}

@InputType()
class Sized {
  @Field(() => Int, { nullable: true }) atLeast = 7;
}
const Order = { BY_PATH: 'path', BY_SIZE: 'size' };
registerEnumType(Order, { name: 'StoredOrder' });

@InputType()
export class StoredFilter extends Sized {
  @Field(() => Order) order = Order.BY_SIZE;
  @Field(() => [String], { defaultValue: ['a', 'b'] }) folders;
  @Field({ nullable: true }) since = new Date(Date.UTC(2026, 0, 2));
  get text() { return [this.atLeast, this.order, this.folders.join('+'), this.since?.getUTCFullYear()].join(' '); }
}
`.replace('@Field({ nullable: true }) since', '@Field(() => Date, { nullable: true }) since');

const FILES = `${IMPORTS}
import { countsOf, pageOf, Stored } from './common.ts';

@ObjectType({ implements: Stored })
export class Plate extends Stored {
  @Field(() => Int) frames;
}

@ObjectType({ implements: Stored })
export class Proxy {
  @Field(() => String) path;
  @Field(() => String) codec;
}

@ObjectType()
class PlatePage extends pageOf(Plate) {
  @Field(() => Boolean) isLast;
}
@ObjectType()
class ProxyPage extends pageOf(Proxy) {}

const Shown = createUnionType({ name: 'Shown', types: () => [Plate, Proxy, siteType('Version')] });

const plate = (path) => Object.assign(new Plate(), { path, frames: 3 });
const proxy = (path) => Object.assign(new Proxy(), { path, codec: 'x' });

@Resolver()
export class Forms {
  @Query(() => [Stored], { nullable: true })
  stored() { return [plate('/p'), proxy('/q'), { __typename: 'Proxy', path: '/r', codec: 'y' }]; }

  @Query(() => Stored, { nullable: true })
  unnamed() { return { path: '/s' }; }

  @Query(() => [Shown], { nullable: 'itemsAndList' })
  shown() { return [plate('/p'), { __typename: 'Version', id: 2, code: 'forged' }, { path: '/s' }, { type: 'Version', id: 9 }, proxy('/q')]; }

  @Query(() => PlatePage, { nullable: true })
  plates() { return { items: [plate('/p')], total: 1, isLast: true }; }

  @Query(() => ProxyPage, { nullable: true })
  proxies() { return { items: [proxy('/q')], total: 1 }; }
}

@Resolver(() => Plate)
export class Plates extends countsOf('plate', Plate) {
  all() { return [1, 2]; }
}
@Resolver(() => Proxy)
export class Proxies extends countsOf('proxy', Proxy) {
  all() { return [1, 2, 3]; }
}
`;

const OTHERS = `${IMPORTS}
import { Answering, StoredFilter } from './common.ts';

@Resolver()
export class Answers extends Answering { value = 42; }

@Resolver()
export class Others {
  @Query(() => String, { nullable: true })
  filtered(@Arg('filter', () => StoredFilter, { defaultValue: {} }) filter) { return filter.text; }
}
`;

const rows = { Version: [1, 2].map((id) => ({ id, code: `v${id}` })) };

describe('Classes of a studio, in the forms of type-graphql', () => {
  let folder: string;
  let world: GraphqlWorld;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'shotgraph-forms-'));
    const texts = { common: COMMON, files: FILES, others: OTHERS };
    for (const [name, text] of Object.entries(texts)) await writeFile(join(folder, `${name}.ts`), text);
    world = await createGraphqlWorld({
      rows,
      deps: {
        parts: { connectors: [], remotes: [], extensions: extensions() },
      },
    });
  });
  afterAll(async () => {
    await world.close();
    await rm(folder, { recursive: true });
  });
  const extensions = () => ['files', 'others'].map((name) => join(folder, `${name}.ts`));

  it('show values of interfaces and unions by their class, or by the type that they name', async () => {
    const { data, errors } = await world.ask(`{
      stored { __typename path ... on Plate { frames } ... on Proxy { codec } }
      shown { __typename ... on Stored { path } ... on Version { id code } }
      unnamed { path }
    }`);
    const [p, q] = [
      { __typename: 'Plate', path: '/p' },
      { __typename: 'Proxy', path: '/q' },
    ];
    expect(data).toEqual({
      stored: [
        { ...p, frames: 3 },
        { ...q, codec: 'x' },
        { __typename: 'Proxy', path: '/r', codec: 'y' },
      ],
      shown: [p, { __typename: 'Version', id: 2, code: 'v2' }, null, q],
      unnamed: null,
    });
    expect(errors.map(({ path, extensions: { code, details } }) => [path, code, details])).toEqual([
      [['unnamed'], 'SYSTEM_BROKEN', { system: 'files', field: 'Query.unnamed', reason: 'value' }],
      [['shown', 2], 'SYSTEM_BROKEN', { system: 'files', field: 'shown', reason: 'type' }],
    ]);
  });

  it('may be made of generic and abstract ones, which add no type of their own', async () => {
    const { data, codes } = await world.ask(`{
      plates { items { path upper } total isLast } proxies { items { codec upper } total } plateCount proxyCount answer
    }`);
    expect([data, codes]).toEqual([
      {
        plates: { items: [{ path: '/p', upper: '/P2' }], total: 1, isLast: true },
        proxies: { items: [{ codec: 'x', upper: '/Q3' }], total: 1 },
        ...{ plateCount: 2, proxyCount: 3, answer: 42 },
      },
      [],
    ]);
  });

  it('have the defaults of their inputs, inherited ones too', async () => {
    const { data } = await world.ask(`{
      filtered all: filtered(filter: { atLeast: 1, order: BY_PATH, folders: [], since: null })
    }`);
    expect(data).toEqual({ filtered: '7 size a+b 2026', all: '1 path  ' });
  });
});
