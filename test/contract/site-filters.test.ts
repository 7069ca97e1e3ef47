import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import {
  ARRAY_SYNTAX,
  HASH_SYNTAX,
  NOW_MS,
  openEveryTypeSite,
  type OpenSite,
} from '../support/every-type-site.ts';
import { type Broken, BROKEN_CONDITIONS, BROKEN_GRAMMAR, hidden } from '../support/broken-filters.ts';
import { expectedIds, type Group, isGroup } from '../support/filter-reference.ts';
import { anyTree, conditionOf, LEGAL, madeRows } from '../support/filter-trees.ts';

/** Held against a plain reading of API 3.3, for every data type and relation, over rows with holes in them. */
describe('a filter finds what a plain reading of the facts finds', () => {
  const rows = madeRows(2026);
  let site: OpenSite;
  beforeAll(async () => {
    site = await openEveryTypeSite(rows, { nowMs: NOW_MS });
  });
  afterAll(() => site.close());

  const found = async (filters: unknown, syntax = HASH_SYNTAX): Promise<unknown> => {
    const body = { filters, fields: 'id', page: { size: 5000 } };
    const answer = await site.call('POST', '/entity/things/_search', body, syntax);
    return answer.status === 200 ? answer.body.data.map(({ id }: { id: number }) => id) : answer.body;
  };

  const pairs = Object.entries(LEGAL).flatMap(([dataType, relations]) =>
    relations.map((relation) => [dataType, relation] as const),
  );

  it.each(pairs)('%s %s', async (dataType, relation) => {
    await fc.assert(
      fc.asyncProperty(conditionOf(dataType, relation), async (condition) => {
        const tree: Group = { logical_operator: 'and', conditions: [condition] };
        const expected = expectedIds(rows, 'Thing', tree);
        expect(await found(tree)).toEqual(expected);
        expect(await found([condition], ARRAY_SYNTAX)).toEqual(expected);
      }),
      { numRuns: 15 },
    );
  });

  it('any tree of them', async () => {
    await fc.assert(
      fc.asyncProperty(anyTree, async (tree) => {
        const expected = expectedIds(rows, 'Thing', tree);
        expect(await found(tree)).toEqual(expected);
        const isFlat = tree.logical_operator === 'and' && !tree.conditions.some(isGroup);
        if (isFlat) expect(await found(tree.conditions, ARRAY_SYNTAX)).toEqual(expected);
      }),
      { numRuns: 100 },
    );
  });

  it('and most of them find neither everything nor nothing', () => {
    const sizes = fc
      .sample(anyTree, { numRuns: 300, seed: 7 })
      .map((tree) => expectedIds(rows, 'Thing', tree).length);
    const telling = sizes.filter((size) => size > 0 && size < (rows['Thing']?.length ?? 0));
    expect(telling.length).toBeGreaterThan(100);
  });
});

describe('an invalid filter is a 400 that names the place, wherever in the tree it is', () => {
  let site: OpenSite;
  beforeAll(async () => {
    site = await openEveryTypeSite({}, { nowMs: NOW_MS });
  });
  afterAll(() => site.close());

  const search = (filters: unknown, syntax = HASH_SYNTAX) =>
    site.call('POST', '/entity/things/_search', { filters, fields: 'id' }, syntax);

  const expectRefusal = async (broken: Broken, filters: unknown, syntax?: string): Promise<void> => {
    const { status, body } = await search(filters, syntax);
    expect({ filters, status }).toEqual({ filters, status: 400 });
    expect(body.errors).toHaveLength(1);
    const [{ code, title, source }] = body.errors;
    expect(code).toBe(broken.code ?? 103);
    const told = [title, ...Object.entries(source ?? {}).flat()].join(' ');
    for (const name of broken.names) expect(told).toContain(name);
  };

  it.each(Object.entries({ ...BROKEN_CONDITIONS, ...BROKEN_GRAMMAR }))('%s', async (_, broken) => {
    await fc.assert(
      fc.asyncProperty(hidden(broken), (part) => expectRefusal(part, part.tree)),
      { numRuns: 15 },
    );
  });

  it.each(Object.entries(BROKEN_CONDITIONS))('in the syntax of lists: %s', async (_, broken) => {
    await fc.assert(
      fc.asyncProperty(broken, (part) => expectRefusal(part, [part.node], ARRAY_SYNTAX)),
      { numRuns: 5 },
    );
  });

  it.each([
    ['a list where a group is due', [], HASH_SYNTAX, 'Query is not an Hash: []'],
    ['a group where a list is due', { zz: 1 }, ARRAY_SYNTAX, 'Query is not an Array: {"zz" => 1}'],
    [
      'a group within a list',
      [{ logical_operator: 'and', conditions: [] }],
      ARRAY_SYNTAX,
      'Invalid filter. Expected array of basic condition arrays but received: [{"logical_operator" => "and"',
    ],
    [
      'a fourth element',
      [['id', 'in_last', 1, 'DAY']],
      ARRAY_SYNTAX,
      'Invalid filter. Expected array of basic condition arrays but received: [["id", "in_last", 1, "DAY"]]',
    ],
  ])('%s', async (_, filters, syntax, title) => {
    await expectRefusal({ node: filters, names: [title] }, filters, syntax);
  });

  it('265 nested groups are read, one more breaks the site (2.11)', async () => {
    const nested = (depth: number): Group =>
      Array.from({ length: depth - 1 }).reduce<Group>(
        (inner) => ({ logical_operator: 'and', conditions: [inner] }),
        { logical_operator: 'and', conditions: [] },
      );
    expect((await search(nested(265))).status).toBe(200);
    const { status, body } = await search(nested(266));
    expect([status, body.errors[0].code, body.errors[0].title]).toEqual([500, 100, 'Shotgun Server Error']);
  });
});
