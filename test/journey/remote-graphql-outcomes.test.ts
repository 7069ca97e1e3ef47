import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LineFault } from '../support/faulty-line.ts';
import { startSystemsWorld, type SystemsWorld } from '../support/systems-world.ts';

const HTML = '<h1>It works!</h1>';

let world: SystemsWorld;
beforeAll(async () => {
  world = await startSystemsWorld();
});
afterAll(() => world.stop());

describe('A change in a system whose GraphQL schema is merged', () => {
  const nameOf = async (): Promise<unknown> => {
    const { data } = await world.ask('{ libraryItems(filter: { kind: TEXTURE }) { name } }');
    return (data?.['libraryItems'] as { name: string }[])[0]?.name;
  };
  const rename = (name: string, selection = 'name', id = 't1') =>
    world.change(`libraryRename(id: "${id}", name: "${name}") { ${selection} }`);

  it('that the system makes is done', async () => {
    expect(await rename('done')).toEqual({ told: null, trail: { outcome: 'done' } });
    expect(await nameOf()).toBe('done');
  });

  it('that the system rejects has failed', async () => {
    const trail = { outcome: 'failed', code: 'NOT_FOUND' };
    expect(await rename('x', 'name', 'nope')).toEqual({ told: ['NOT_FOUND', null], trail });
  });

  it('that is refused before its document was executed has failed', async () => {
    world.libraryLine.next({ kind: 'answeredBefore', status: 400 });
    const trail = { outcome: 'failed', code: 'SYSTEM_REJECTED' };
    expect(await rename('x')).toEqual({ told: ['SYSTEM_REJECTED', null], trail });
    world.libraryLine.next({ kind: 'answeredBefore', status: 403 });
    const refused = { outcome: 'refused', code: 'FORBIDDEN' };
    expect(await rename('x')).toEqual({ told: ['FORBIDDEN', null], trail: refused });
  });

  it('of whose answer a part is refused is done: the part failed after the change', async () => {
    expect(await rename('part', 'name ... on LibraryTexture { shelf }')).toEqual({
      told: ['FORBIDDEN', 'done'],
      trail: { outcome: 'done' },
    });
    expect(await nameOf()).toBe('part');
  });

  it('of whose answer a value cannot be read is done', async () => {
    const body = '{"data":{"libraryRename":{"__typename":"Texture","name":{}}}}';
    world.libraryLine.next({ kind: 'answeredAfter', body });
    expect(await rename('unreadable')).toEqual({
      told: ['SYSTEM_BROKEN', 'done'],
      trail: { outcome: 'done' },
    });
    expect(await nameOf()).toBe('unreadable');
  });

  it.each<[string, string, 'failed' | 'unknown']>([
    [
      'has no code may have been made',
      '{"data":{"libraryRename":null},"errors":[{"message":"no","path":["libraryRename"]}]}',
      'unknown',
    ],
    ['has no path may have been made', '{"data":null,"errors":[{"message":"no"}]}', 'unknown'],
    ['precedes the execution has failed', '{"errors":[{"message":"no"}]}', 'failed'],
  ])('whose error %s', async (_, body, outcome) => {
    world.libraryLine.next({ kind: 'answeredAfter', body });
    const told = ['SYSTEM_REJECTED', outcome === 'failed' ? null : outcome];
    expect(await rename('x')).toEqual({ told, trail: { outcome, code: 'SYSTEM_REJECTED' } });
  });

  it('that the system breaks at may have been made', async () => {
    expect(await world.change('libraryRenameBadly(id: "t1", name: "badly") { name }')).toEqual({
      told: ['SYSTEM_BROKEN', 'unknown'],
      trail: { outcome: 'unknown', code: 'SYSTEM_BROKEN' },
    });
    expect(await nameOf()).toBe('badly');
  });

  it.each<[string, LineFault, string, boolean]>([
    [
      'whose connection is lost before the system gets it',
      { kind: 'lostBefore' },
      'SYSTEM_UNAVAILABLE',
      false,
    ],
    ['whose connection is lost after the system made it', { kind: 'lostAfter' }, 'SYSTEM_UNAVAILABLE', true],
    ['that is answered with a page', { kind: 'answeredAfter', body: HTML }, 'SYSTEM_BROKEN', true],
    ['that is answered with nothing', { kind: 'answeredAfter', body: '' }, 'SYSTEM_BROKEN', true],
    [
      'that is answered with JSON that is not GraphQL',
      { kind: 'answeredAfter', body: '{"ok":true}' },
      'SYSTEM_BROKEN',
      true,
    ],
    ['that is answered with a list', { kind: 'answeredAfter', body: '[]' }, 'SYSTEM_BROKEN', true],
    [
      'whose item in the answer is no item',
      { kind: 'answeredAfter', body: '{"data":{"libraryRename":5}}' },
      'SYSTEM_BROKEN',
      true,
    ],
    [
      'whose item in the answer lacks a value',
      { kind: 'answeredAfter', body: '{"data":{"libraryRename":{}}}' },
      'SYSTEM_BROKEN',
      true,
    ],
    [
      'whose item in the answer is null',
      { kind: 'answeredAfter', body: '{"data":{"libraryRename":null}}' },
      'SYSTEM_BROKEN',
      true,
    ],
    [
      'that is answered with 502 by a proxy',
      { kind: 'answeredAfter', body: HTML, status: 502 },
      'SYSTEM_UNAVAILABLE',
      true,
    ],
  ])('%s may have been made', async (title, fault, code, isMade) => {
    world.libraryLine.next(fault);
    expect(await rename(title)).toEqual({ told: [code, 'unknown'], trail: { outcome: 'unknown', code } });
    expect((await nameOf()) === title).toBe(isMade);
  });

  it('for which nobody listens has failed, since nothing was sent', async () => {
    await world.libraryLine.cut();
    await world.untilUnheard('{ libraryMe }');
    const answer = await rename('nobody');
    await world.libraryLine.mend();
    const trail = { outcome: 'failed', code: 'SYSTEM_UNAVAILABLE' };
    expect(answer).toEqual({ told: ['SYSTEM_UNAVAILABLE', null], trail });
  });
});
