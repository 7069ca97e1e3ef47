import { buildSchema, execute, type GraphQLResolveInfo, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { ITEMS_OF_A_SLICE, mapInSlices } from '../../../src/base/loop/slices.ts';
import { compileOutput } from '../../../src/graphql/written/output.ts';
import { type Text, textOf } from '../../../src/graphql/written/text.ts';
import { EMPTY_SELECTION } from '../../../src/query/ports/selection.ts';
import { fillLinks } from '../../../src/query/read/level-reader.ts';

const ROWS = 4999;
const schema = buildSchema(`
  type Row { id: Int code: String rows: [Row!] row: Row }
  type Page { nodes: [Row!] isLast: Boolean }
  type Query { page: Page }
`);

/** Counts the turns of the loop, and what was done in each. */
async function inTurns<T>(
  work: (note: () => void) => Promise<T>,
): Promise<{ done: T; most: number; turns: number }> {
  const counts: number[] = [0];
  let handle = setImmediate(function tick() {
    counts.push(0);
    handle = setImmediate(tick);
  });
  const done = await work(() => void (counts[counts.length - 1] = (counts.at(-1) ?? 0) + 1));
  clearImmediate(handle);
  return { done, most: Math.max(...counts), turns: counts.length };
}

/** A page whose rows tell when they are written. */
const rowsOf = (count: number, note: () => void, more: object = {}) =>
  Array.from({ length: count }, (_, index) => ({
    id: index,
    ...more,
    get code() {
      note();
      return `code "${index}"`;
    },
  }));

const shotNode = (id: number) => ({ __typename: 'Shot', type: 'Shot', id, name: `${id}` });

/** A link of which a part came with the row already. */
const linkTo = (id: number) => ({
  node: shotNode(id),
  selection: { ...EMPTY_SELECTION },
  whole: EMPTY_SELECTION,
});

/** Fills a node by telling of it. */
const decoderThat = (fill: () => void) => ({
  fill,
  node: () => shotNode(0),
  hide: () => undefined,
  fail: () => undefined,
});

async function compiled(query: string, value: unknown): Promise<{ text: Text; oracle: string }> {
  let text: Text | undefined;
  const field = schema.getQueryType()?.getFields()['page'];
  if (field === undefined) throw new Error('no field');
  field.resolve = (_root: unknown, _args: unknown, _context: unknown, info: GraphQLResolveInfo) => {
    text = compileOutput(info, () => undefined);
    return value;
  };
  const { data } = await execute({ schema, document: parse(query) });
  if (text === undefined) throw new Error('not resolved');
  return { text, oracle: JSON.stringify(data?.['page']) };
}

describe('thousands of rows', () => {
  it('are decoded in order and in slices, between which other work runs', async () => {
    const numbers = Array.from({ length: ROWS }, (_, index) => index);
    const { done, most, turns } = await inTurns((note) =>
      mapInSlices(numbers, (number) => {
        note();
        return number;
      }),
    );
    expect(done).toEqual(numbers);
    expect(most).toBeLessThanOrEqual(ITEMS_OF_A_SLICE);
    expect(turns).toBeGreaterThanOrEqual(Math.floor(ROWS / ITEMS_OF_A_SLICE));
  });

  it('of several pages at once have one slice in each turn, and each page has its turn', async () => {
    const pages = Array.from({ length: 4 }, () => Array.from({ length: ROWS }, (_, index) => index));
    const order: number[] = [];
    const { done, most } = await inTurns((note) =>
      Promise.all(
        pages.map((numbers, page) =>
          mapInSlices(numbers, (number) => {
            note();
            if (number % ITEMS_OF_A_SLICE === 0) order.push(page);
            return number;
          }),
        ),
      ),
    );
    expect(done).toEqual(pages);
    expect(most).toBeLessThanOrEqual(ITEMS_OF_A_SLICE);
    expect(order.slice(0, 8)).toEqual([0, 1, 2, 3, 0, 1, 2, 3]);
  });

  it('that are linked to are filled in slices too', async () => {
    const links = Array.from({ length: ROWS }, (_, id) => linkTo(id + 1));
    const filled: unknown[] = [];
    const { most } = await inTurns(async (note) => {
      const targets = new Map(links.map(({ node: { id } }) => [id, shotNode(id)]));
      await fillLinks(
        links,
        () => decoderThat(() => void filled.push(note())),
        async () => targets,
      );
    });
    expect(filled).toHaveLength(ROWS);
    expect(most).toBeLessThanOrEqual(ITEMS_OF_A_SLICE);
  });

  const shapes: Readonly<Record<string, (note: () => void) => object>> = {
    'of one list': (note) => ({ nodes: rowsOf(ROWS, note), isLast: true }),
    'of lists within a list': (note) => ({
      nodes: rowsOf(10, () => undefined).map(({ id, code }) => ({ id, code, rows: rowsOf(ROWS / 10, note) })),
      isLast: false,
    }),
    'of short lists within a long one': (note) => ({
      nodes: rowsOf(ROWS / 5, () => undefined).map(({ id }) => ({ id, code: null, rows: rowsOf(5, note) })),
    }),
    'of lists within single rows': (note) => ({
      nodes: [{ id: 1, row: { id: 2, rows: rowsOf(ROWS, note) } }],
    }),
  };

  it.each(Object.entries(shapes))(
    '%s are written in slices, with the text of graphql-js',
    async (_, shape) => {
      const query = '{ page { nodes { id code rows { code } row { rows { id code } } } isLast } }';
      const { text, oracle } = await compiled(
        query,
        shape(() => undefined),
      );
      const { done, most } = await inTurns(async (note) => textOf(text, shape(note)));
      expect(done).toBe(oracle);
      expect(most).toBeLessThanOrEqual(ITEMS_OF_A_SLICE);
    },
  );

  it('are written at once if they are few', async () => {
    const { text, oracle } = await compiled('{ page { nodes { id code } } }', {
      nodes: rowsOf(50, () => undefined),
    });
    expect(textOf(text, { nodes: rowsOf(50, () => undefined) })).toBe(oracle);
  });

  it('of which one cannot be written are left to graphql-js', async () => {
    const nodes = [...rowsOf(ROWS, () => undefined), new Error('gone')];
    const { text } = await compiled('{ page { nodes { id code } } }', { nodes });
    await expect(textOf(text, { nodes })).rejects.toThrow('cannot be written');
  });
});
