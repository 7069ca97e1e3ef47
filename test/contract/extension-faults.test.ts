import type { EventEmitter } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createExplainer } from '../../src/graphql/explain.ts';
import { createGraphqlWorld, GRAPHQL_SETTINGS, type GraphqlWorld } from '../support/graphql-world.ts';
import { smallStudio } from '../support/small-studio.ts';

const IMPORTS = `import {
  Arg, createUnionType, Ctx, Field, FieldResolver, Int, Mutation, ObjectType, Query, Resolver, Root, Rows, siteType,
} from 'shotgraph/extension';
`;

const FAULTS = `${IMPORTS}
import { EventEmitter } from 'node:events';

export const waiting = new EventEmitter();
let waits = 0;
const never = () => new Promise(() => { waits += 1; if (waits === 6) waiting.emit('all'); });

@ObjectType() class Take { @Field(() => Int) number; }
@ObjectType() class Slate { @Field(() => Int) number; }
const Shown = createUnionType({
  name: 'TakeOrSlate',
  types: () => [Take, Slate],
  resolveType: ({ number, context }, given) => {
    if (number === 0) return never();
    return Object.keys(given).toSorted().join() === context ? 'Take' : 'Slate';
  },
});

@Resolver(() => siteType('Version'))
export class VersionFaults {
  @FieldResolver(() => String, { nullable: true })
  lock(@Root() row, @Ctx() { fail }) {
    return row.id === 1 ? 'open' : fail({ code: 'FORBIDDEN', message: 'Version is locked.', path: 'lock' });
  }

  @FieldResolver(() => Int, { nullable: true })
  never(@Rows() rows) { return rows.map(({ id }) => (id === 1 ? 1 : never())); }

  @FieldResolver(() => Int, { nullable: true })
  stuck(@Rows() rows) { return never(); }
}

@Resolver()
export class Faults {
  @Query(() => String, { nullable: true })
  reads(@Arg('how', () => String) how, @Ctx() { read }) {
    const many = (count) => Array.from({ length: count }, (_, index) => index + 1);
    const ids = {
      most: many(5000), more: many(5001), text: ['1'], forged: [{ id: 1, type: 'Version' }], negative: [-1],
      half: [1.5], huge: [2 ** 31], hole: Array(2), none: undefined, twice: [2, 9, 2, 1],
    };
    const type = how === 'type' ? 'Versoin' : 'Version';
    const fields = how === 'field' ? ['cod'] : ['code'];
    return read(type, how in ids ? ids[how] : [1], fields).then((rows) =>
      JSON.stringify([rows.length, rows.filter((row) => row !== null).length, rows.slice(0, 4).map((row) => row?.code ?? null)]));
  }

  @Query(() => [siteType('Version')], { nullable: true })
  named(@Arg('how', () => String) how) {
    if (how === 'most') return Array.from({ length: 5000 }, (_, index) => ({ id: index + 1 }));
    if (how === 'more') return Array.from({ length: 5001 }, (_, index) => ({ id: index + 1 }));
    return { other: [{ id: 1 }, { id: 1, type: 'Shot' }], text: [{ id: '1' }, { id: 2 }], forged: [{ id: 1, code: 'x', __typename: 'Viewer' }] }[how];
  }

  @Query(() => Int, { nullable: true })
  waits() { return never(); }

  @Query(() => [String], { nullable: 'itemsAndList' })
  set() { return new Set([never(), 'fine']); }

  @Query(() => [[String]], { nullable: 'itemsAndList' })
  *lists() { yield [Promise.resolve('fine')]; yield new Set(['fine', never()]); }

  @Query(() => [Shown], { nullable: 'itemsAndList' })
  shown() { return [{ number: 0 }, { number: 1, context: 'fail,launch,person,read,search,signal,system' }]; }

  @Query(() => [Int], { nullable: true })
  many(@Arg('count', () => Int) count) {
    const rest = Array(count).fill(1);
    if (count === 0) return (function* () { for (;;) yield 1; })();
    return count === 1 ? [Promise.reject(new Error('that nobody waits for'))] : rest;
  }

  @Mutation(() => Boolean, { nullable: true })
  lockWeek(@Ctx() { fail }) { fail({ code: 'week_locked', message: 'Week is <b>locked</b>.', changed: false }); }
}
`;

const isName = (part: unknown): boolean => typeof part === 'string';

const rows = { Version: [1, 2].map((id) => ({ id, code: `v${id}` })) };

describe('Classes of a studio that fail, or wait', () => {
  let folder: string;
  let file: string;
  let world: GraphqlWorld;
  const audited: Record<string, unknown>[] = [];
  const parts = () => ({ connectors: [], remotes: [], extensions: [file] });
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'shotgraph-faults-'));
    file = join(folder, 'faults.ts');
    await writeFile(file, FAULTS);
    world = await createGraphqlWorld({
      rows,
      deps: { parts: parts(), audit: { record: (entry) => void audited.push({ ...entry }) } },
    });
  });
  afterAll(async () => {
    await world.close();
    await rm(folder, { recursive: true });
  });

  it('read rows by ids that are whole numbers, at most 5000, in their order', async () => {
    const hows = [
      'most',
      'twice',
      'more',
      'text',
      'forged',
      'negative',
      'half',
      'huge',
      'hole',
      'none',
      'type',
      'field',
    ];
    const { data, codes } = await world.ask(
      `{ ${hows.map((how) => `${how}: reads(how: "${how}")`).join(' ')} }`,
    );
    const [most, twice] = [
      [5000, 2, ['v1', 'v2', null, null]],
      [4, 3, ['v2', null, 'v2', 'v1']],
    ].map((value) => JSON.stringify(value));
    const refused = hows.slice(2);
    expect(data).toEqual({ most, twice, ...Object.fromEntries(refused.map((how) => [how, null])) });
    expect(codes).toEqual(refused.map(() => 'SYSTEM_BROKEN'));
  });

  it('name rows by their ids alone, at most 5000: another type and a text are an error', async () => {
    const { data, codes } = await world.ask(`{
      most: named(how: "most") { id } more: named(how: "more") { id } other: named(how: "other") { id code }
      text: named(how: "text") { id code } forged: named(how: "forged") { id code }
    }`);
    expect(data).toEqual({
      most: [{ id: 1 }, { id: 2 }],
      ...{ more: null, other: null, text: null },
      forged: [{ id: 1, code: 'v1' }],
    });
    expect(codes).toEqual(['SYSTEM_BROKEN', 'SYSTEM_BROKEN', 'SYSTEM_BROKEN']);
  });

  it('report their own message by fail, only at its field', async () => {
    const { data, errors } = await world.ask('{ versions { nodes { id lock } } }');
    expect(data.versions.nodes).toEqual([
      { id: 1, lock: 'open' },
      { id: 2, lock: null },
    ]);
    expect(errors).toMatchObject([
      {
        message: 'Version is locked.',
        path: ['versions', 'nodes', 1, 'lock'],
        extensions: { code: 'FORBIDDEN', details: { system: 'faults', path: 'lock' } },
      },
    ]);
    const locked = await world.ask('mutation { lockWeek }');
    expect(locked.text).not.toContain('<b>');
    expect(locked.errors[0]?.extensions).toMatchObject({
      code: 'SYSTEM_REJECTED',
      details: { system: 'faults', systemCode: 'week_locked' },
    });
    expect(audited.at(-1)).toMatchObject({ system: 'faults', change: 'lockWeek', outcome: 'failed' });
  });

  it('end at the time limit of the request if their promise never settles, and lose only their own fields', async () => {
    const query =
      '{ waits set lists shown { ... on Take { number } } versions { nodes { id never stuck } } }';
    const { waiting } = (await import(file)) as { waiting: EventEmitter };
    const over = new AbortController();
    waiting.once('all', () => over.abort(new DOMException('over', 'TimeoutError')));
    const { data, errors } = await world.ask(query, { signal: over.signal });
    expect(data).toEqual({
      ...{
        waits: null,
        set: [null, 'fine'],
        lists: [['fine'], ['fine', null]],
        shown: [null, { number: 1 }],
      },
      versions: {
        nodes: [
          { id: 1, never: 1, stuck: null },
          { id: 2, never: null, stuck: null },
        ],
      },
    });
    const late = errors.map(({ path, extensions: { code } }) => `${path?.findLast(isName)} ${code}`);
    expect(late.toSorted()).toEqual(
      ['lists', 'never', 'set', 'shown', 'stuck', 'stuck', 'waits'].map((field) => `${field} SYSTEM_TIMEOUT`),
    );
  });

  it('return lists of at most a quarter of a million items in total, and no endless ones', async () => {
    const { data, codes } = await world.ask(
      '{ a: many(count: 9) b: many(count: 249992) c: many(count: 1) d: many(count: 9) }',
    );
    expect(data).toEqual({ a: Array(9).fill(1), b: null, c: null, d: null });
    expect(codes).toEqual(['TOO_LARGE', 'TOO_LARGE', 'TOO_LARGE']);
    const endless = await world.ask('{ many(count: 0) }');
    expect([endless.data, endless.codes]).toEqual([{ many: null }, ['TOO_LARGE']]);
  });

  it('are explained as what nobody but they can know', async () => {
    const explain = createExplainer({
      ...GRAPHQL_SETTINGS,
      exposed: smallStudio(),
      parts: parts(),
    });
    const asked = { variables: {}, operationName: undefined, launchType: 'Version' };
    const { calls, unexplained } = await explain({ ...asked, document: '{ waits version(id: 1) { lock } }' });
    expect(calls.map(({ kind }) => kind)).toEqual(['search']);
    expect(unexplained).toEqual(
      ['Query.waits (faults)', 'Version.lock (faults)'].map(
        (place) =>
          `${place}: no call of it is counted; only the class knows what it asks of ShotGrid and of systems, and which rows it names.`,
      ),
    );
  });
});
