import { describe, expect, it } from 'vitest';
import type { DocumentPolicy, ToolConfig } from '../../../src/config/tools/tool.ts';
import { looseAddresses, toolWeaknesses } from '../../../src/config/tools/weaknesses.ts';
import { withDevServers } from '../../../src/cli/dev/with-dev-servers.ts';
import { unfinishedConfig } from '../../../src/config/load-config.ts';
import { LISTS } from '../../../src/config/lists-shape.ts';
import { amiOf } from '../../support/ami.ts';
import { toolOf } from '../../support/operation-lists.ts';

const CLIENT = { kind: 'client', clients: ['pipeline'] } as const;
const ORIGIN = 'https://tools.studio.example';
const elsewhere = (name: string, changes: Partial<ToolConfig> = {}): ToolConfig =>
  toolOf(name, null, { by: { kind: 'origin', origin: ORIGIN }, documents: 'any', ...changes });
const weaknessesOf = (...tools: readonly ToolConfig[]) =>
  toolWeaknesses({ amis: [], asking: { documents: 'any', tools } });

describe('two front ends at one origin', () => {
  it('are accepted if neither lists its operations', () => {
    expect(weaknessesOf(elsewhere('one'), elsewhere('two'))).toEqual([]);
  });

  it.each([
    ['operations', { operations: '/x' }],
    ['documents', { documents: 'log' }],
  ] as const)('are refused if one of them has %s', (_, changes) => {
    const told = `apps.one and apps.two both have the origin ${ORIGIN}: it is of one tool.`;
    expect(weaknessesOf(elsewhere('one'), elsewhere('two', changes))).toEqual([told]);
    expect(weaknessesOf(elsewhere('one', changes), elsewhere('two'))).toEqual([told]);
  });
});

describe('what a menu item begins first', () => {
  const ami = amiOf({ opens: '/apps/review', first: ['Room', 'Statuses'] });
  const firsts = [{ ami: 'review', place: 'amis.review.first', operation: 'Room' }];
  const told = (...tools: readonly ToolConfig[]) =>
    toolWeaknesses({ amis: [ami], asking: { documents: 'any', tools } });

  it('is taken for a front end with a list', () => {
    expect(told(toolOf('review', '/lists/review.json', { documents: 'any', firsts }))).toEqual([]);
  });

  it('is refused for a front end without one', () => {
    expect(told(toolOf('review', null, { documents: 'any', firsts }))).toEqual([
      'amis.review.first is Room, and apps.review.operations is not set. Set it to the list that has this operation, or take amis.review.first out.',
    ]);
  });

  it('is refused where the menu item opens none of the front ends', () => {
    expect(told(toolOf('reviews', null, { documents: 'any' }))).toEqual([
      'amis.review.first is Room, Statuses, and amis.review.opens leads to none of apps. Add the front end to apps with its operations, or take amis.review.first out.',
    ]);
  });
});

describe('addresses of one origin', () => {
  const told = (documents: DocumentPolicy, ...ofApps: readonly DocumentPolicy[]) =>
    looseAddresses({
      asking: {
        documents,
        tools: [
          ...ofApps.map((policy, at) => toolOf(`app${at}`, '/x', { documents: policy })),
          // Neither shares our cookie and page.
          elsewhere('other', { documents: 'only' }),
          toolOf('script', '/x', { by: { kind: 'client', clients: ['script'] }, documents: 'log' }),
        ],
      },
    });

  it('are reported if one accepts documents that the other refuses', () => {
    expect(told('any', 'only', 'log')).toEqual([
      'Nobody who has a cookie is restricted by apps.app1.documents (log), apps.app0.documents (only): documents is any, and a page of this origin can ask there. Set all of them to one value.',
    ]);
    expect(told('only', 'any')).toEqual([
      'Nobody who has a cookie is restricted by documents (only): apps.app0.documents is any, and a page of this origin can ask there. Set all of them to one value.',
    ]);
  });

  it('are not reported if all accept the same', () => {
    expect([told('any'), told('only', 'only'), told('log', 'log', 'log')]).toEqual([[], [], []]);
  });
});

it('a fresh sign-in may be required within a minute, and no less, since clocks differ', () => {
  const isTaken = (maxAuthAgeSeconds: number) =>
    LISTS.safeParse({ apps: { one: { directory: 'x', rules: { A: { maxAuthAgeSeconds } } } } }).success;
  expect([isTaken(59), isTaken(60)]).toEqual([false, true]);
});

it('a front end of a development server is a tool of the origin of that server', () => {
  const { config } = unfinishedConfig({});
  const tools = [toolOf('review', '/x'), toolOf('other', '/x'), toolOf('pipeline', '/x', { by: CLIENT })];
  const servers = new Map([
    ['review', 'http://localhost:5173'],
    ['pipeline', 'http://localhost:5174'],
  ]);
  const { asking } = withDevServers({ ...config, asking: { documents: 'only', tools } }, servers);
  expect(asking.tools.map(({ by }) => by)).toEqual([
    { kind: 'origin', origin: 'http://localhost:5173' },
    { kind: 'served' },
    CLIENT,
  ]);
});
