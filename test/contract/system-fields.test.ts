import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchOf } from '../support/graphql-world.ts';
import { createNamingSystem } from '../support/named-rows.ts';
import { startSiteWorld, type SiteWorld } from '../support/site-world.ts';

/** Mira has the projects 1 and 2: a link shows her others too, and no system is asked of those. */
describe('A system that adds fields to rows', () => {
  const names = createNamingSystem();
  let world: SiteWorld;
  beforeAll(async () => {
    world = await startSiteWorld({}, { deps: names.deps });
  });
  afterAll(() => world.close());
  beforeEach(() => {
    names.asked.length = 0;
  });
  const projectsAsked = (): number[] => [...new Set(names.asked.map(({ id }) => id))].sort((a, b) => a - b);

  it.each([
    ['lists of links', '{ humanUsers(first: 60) { nodes { projects { id mark } } } }'],
    [
      'links asked for with a fragment',
      '{ humanUsers(first: 60) { nodes { projects { id ... on Entity { ... on Project { mark } } } } } }',
    ],
    ['the rows of a page', '{ projects { nodes { id mark } } }'],
    ['ids', '{ projectsByIds(ids: [1, 2, 3]) { id mark } }'],
    [
      'an entity of any type',
      '{ a: entity(type: "Project", id: 1) { ... on Project { mark } } b: entity(type: "Project", id: 3) { ... on Project { mark } } }',
    ],
    ['a text search', '{ search(text: "a", types: ["Project"]) { entity { id ... on Project { mark } } } }'],
    [
      'groups of a summary',
      '{ summarizeHumanUsers(summaries: [{ field: ID, type: COUNT }], grouping: [{ field: PROJECTS }]) { groups { entities { ... on Project { mark } } } } }',
    ],
  ])('is asked of none that the person may not see, reached by %s', async (_way, document) => {
    const { errors } = await world.ask(document);
    expect(errors).toEqual([]);
    for (const id of projectsAsked()) expect([1, 2]).toContain(id);
    if (!document.includes('search')) expect(names.asked.length).toBeGreaterThan(0);
  });

  it('gives null for a row that the person may not see, and its value for others', async () => {
    const { data } = await world.ask('{ humanUsers(first: 60) { nodes { projects { id archived mark } } } }');
    const projects = (
      data.humanUsers.nodes as { projects: { id: number; mark: string | null; archived: boolean | null }[] }[]
    ).flatMap((node) => node.projects);
    expect(new Set(projects.map(({ id }) => id))).toEqual(new Set([1, 2, 3]));
    for (const { id, mark, archived } of projects) {
      expect([id, mark === null, archived === null]).toEqual([id, id === 3, id === 3]);
    }
  });

  it('is read for the project of a launch only if the person may see it', async () => {
    for (const id of [2, 3]) {
      world.launches.set('mira', [launchOf('a-launch', { project: { id, name: 'A project' } })]);
      const { data } = await world.ask('{ launch(id: "a-launch") { project { id mark } } }');
      expect(data.launch.project).toMatchObject({ id, mark: id === 2 ? expect.any(String) : null });
    }
    expect(projectsAsked()).toEqual([2]);
  });

  it('is read in the wave of the page, and for the links below it in the next', async () => {
    await world.takeCalls();
    await world.ask('{ versions(first: 50) { nodes { mark project { mark } } } }');
    expect((await world.takeCalls()).map(({ path }) => path)).toEqual([
      '/api/v1/entity/Version/_search',
      '/api/v1/entity/Project/_search',
    ]);
  });

  it('is read again after each change, in ShotGrid or its own', async () => {
    const { data: first } = await world.ask('{ projects(first: 1) { nodes { id } } }');
    const { id } = first.projects.nodes[0] as { id: number };
    names.answer = { id: 1 };
    const { data, errors } = await world.ask(
      `mutation {
        a: createNote(input: { project: { type: "Project", id: ${id} }, subject: "a" }) { project { mark } }
        change { id }
        b: createNote(input: { project: { type: "Project", id: ${id} }, subject: "b" }) { project { mark } }
      }`,
    );
    expect(errors).toEqual([]);
    expect(data.a.project.mark).not.toBe(data.b.project.mark);
  });
});
