import { setFlagsFromString } from 'node:v8';
import { runInThisContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { createDecoder, type MissingPlace } from '../../../src/query/decode/decoder.ts';
import type { LinkPlace } from '../../../src/query/decode/field-values.ts';
import { planRead } from '../../../src/query/plan/planning.ts';
import { parseRow } from '../../../src/shotgun/wire/http-call.ts';
import { selectionOf } from '../../support/asked-selection.ts';
import { PLAN } from '../../support/plan-settings.ts';
import { smallStudio } from '../../support/small-studio.ts';

/** Whether V8 knows two objects as of one shape. If each row has its own, a page costs many times as much. */
const haveOneShape = createTest();

function createTest(): (one: unknown, other: unknown) => boolean {
  setFlagsFromString('--allow-natives-syntax');
  try {
    const test = runInThisContext('(one, other) => %HaveSameMap(one, other)') as typeof haveOneShape;
    // Its text is read for the first time when it runs.
    test({}, {});
    return test;
  } finally {
    setFlagsFromString('--no-allow-natives-syntax');
  }
}

const resource = (id: number): unknown =>
  JSON.parse(`{"type":"Version","id":${id},"attributes":{"code":"v${id}","sg_task.Task.content":"c${id}"},
    "relationships":{"project":{"data":{"type":"Project","id":1,"name":"P"}},"sg_task":{"data":{"type":"Task","id":${id},"name":"T"}}}}`);

const rowOf = (id: number) => {
  const row = parseRow(resource(id));
  if (row === undefined) throw new Error('no row');
  return row;
};

describe('the objects of a page', () => {
  it('have one shape for all rows of the site', () => {
    expect(haveOneShape(rowOf(1).fields, rowOf(2).fields)).toBe(true);
  });

  it('have one shape for all nodes of a selection, and for their links', () => {
    const selection = selectionOf({ code: true, project: true, sg_task: { Task: { content: true } } });
    const decoder = createDecoder(smallStudio(), planRead(smallStudio(), 'Version', selection, PLAN));
    const places: LinkPlace[] = [];
    const missing: MissingPlace[] = [];
    const [one, other] = [1, 2].map((id) => decoder.node(rowOf(id), places, missing));
    expect(one).toMatchObject({ code: 'v1', sgTask: { content: 'c1' } });
    expect(haveOneShape(one, other)).toBe(true);
    expect(haveOneShape(one?.['sgTask'], other?.['sgTask'])).toBe(true);
  });
});
