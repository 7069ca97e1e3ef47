import { afterEach, describe, expect, it, vi } from 'vitest';
import { letOthersGo } from '../../src/base/loop/slices.ts';
import { searchRows } from '../../src/shotgun/calls/search.ts';
import { rows, startBentSite } from '../support/bent-site.ts';
import { createTestShotgun, login, searchOf } from '../support/test-shotgun.ts';

const ROWS = 5000;
const CODE = 'a code that makes the text of the answer long enough'.repeat(4);

describe('an answer of thousands of rows', () => {
  const closing: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).toReversed()) await close();
  });

  it('is parsed in a turn of its own, in which no slice of another page is worked on', async () => {
    const site = await startBentSite();
    const { shotgun, close } = createTestShotgun(site.url);
    closing.push(() => site.close(), close);
    const resources = Array.from({ length: ROWS }, (_, index) => ({
      ...{ type: 'Shot', id: index + 1, attributes: { code: CODE }, relationships: {} },
    }));
    site.otherwise(rows(...resources));

    // What was worked on in each turn of the loop.
    const turns: string[][] = [[]];
    let tick = setImmediate(function next() {
      turns.push([]);
      tick = setImmediate(next);
    });
    const note = (what: string): void => void turns.at(-1)?.push(what);
    const parse = JSON.parse.bind(JSON);
    const spy = vi.spyOn(JSON, 'parse').mockImplementation((text, reviver) => {
      if (text.length > ROWS * CODE.length) note('answer');
      return parse(text, reviver);
    });
    closing.push(
      () => spy.mockRestore(),
      () => clearImmediate(tick),
    );
    const read = new AbortController();
    const another = (async () => {
      while (!read.signal.aborted) {
        await letOthersGo();
        note('slice');
      }
    })();
    const found = await shotgun.as(login('mira')).call(searchRows(searchOf('Shot')));
    read.abort();
    await another;

    expect(found).toHaveLength(ROWS);
    expect(turns.filter((work) => work.includes('answer'))).toEqual([['answer']]);
  });
});
