import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExposedType } from '../../src/site/expose.ts';
import { launchOf } from '../support/graphql-world.ts';
import { scriptToken } from '../support/script-token.ts';
import { startSiteWorld, type SiteWorld } from '../support/site-world.ts';

interface Named {
  readonly type: string;
  readonly id: number;
  readonly name: string | null;
}

const isNamed = (value: unknown): value is Named =>
  typeof value === 'object' && value !== null && 'id' in value && 'type' in value && 'name' in value;

function namedIn(value: unknown): Named[] {
  if (Array.isArray(value)) return value.flatMap(namedIn);
  if (typeof value !== 'object' || value === null) return [];
  return [...(isNamed(value) ? [value] : []), ...Object.values(value).flatMap(namedIn)];
}

const linksOf = ({ fields }: ExposedType): string[] =>
  [...fields.values()]
    .filter(({ dataType }) => dataType === 'entity' || dataType === 'multi_entity')
    .map(({ graphqlName }) => graphqlName);

/** A normalised cache of a client keeps one name for each record. */
describe('the name of a record', () => {
  let world: SiteWorld;
  beforeAll(async () => {
    world = await startSiteWorld();
  });
  afterAll(() => world.close());
  const rename = async (path: string, values: object): Promise<void> => {
    const answer = await fetch(`${world.siteUrl}/api/v1/entity/${path}`, {
      method: 'PUT',
      headers: {
        authorization: `Bearer ${await scriptToken(world.siteUrl)}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify(values),
    });
    expect(answer.status).toBe(200);
  };

  it('is the same as a row and at the end of each link, for every type of the site', async () => {
    const names = new Map<string, Set<string | null>>();
    const types = [...world.exposed.types.values()];
    for (const type of types) {
      const links = linksOf(type).map((name) => `${name} { type id name }`);
      const query = `{ ${type.rootFields.many}(first: 30) { nodes { type id name ${links.join(' ')} } } }`;
      const { data } = await world.ask(query, { as: 'joao' });
      for (const { type: of, id, name } of namedIn(data)) {
        const key = `${of} ${id}`;
        names.set(key, (names.get(key) ?? new Set()).add(name));
      }
    }
    const linked = [...names].filter(([, given]) => given.size > 0);
    expect(linked.length).toBeGreaterThan(300);
    expect(linked.filter(([, given]) => given.size > 1)).toEqual([]);
    expect(linked.filter(([key, given]) => key.startsWith('Step') && given.has(null))).toEqual([]);
  });

  it('is that of the row in a thread, whatever stands beside it', async () => {
    const { data, errors } = await world.ask(
      '{ note(id: 4) { name thread { entity { type id name } } other: thread { entity { type id name ... on Reply { content } } } } }',
    );
    expect(errors).toEqual([]);
    expect(data.note.thread[0].entity.name).toBe(data.note.name);
    const names = (entries: readonly { entity: Named }[]) => entries.map(({ entity }) => entity.name);
    expect(names(data.note.thread)).toEqual(names(data.note.other));
    expect(names(data.note.thread)).not.toContain(null);
  });

  it('is an error in a thread whose rows cannot be read, and not null', async () => {
    await world.control('POST', 'faults', { match: { path: '*/Reply/_search' }, status: 503, times: 9 });
    const { data, errors } = await world.ask('{ note(id: 4) { id thread { type entity { id name } } } }');
    await world.control('DELETE', 'faults');
    expect(data.note.thread.map(({ type }: Named) => type)).toContain('Reply');
    expect(errors[0]?.path).toEqual(['note', 'thread', 1, 'entity', 'name']);
  });

  it('is the new one after a rename, in an earlier launch and for a signed-in person', async () => {
    const person = world.dataset.rows['HumanUser']?.find(({ login }) => login === 'mira');
    world.launches.set('mira', [launchOf('L1', { project: { id: 1, name: 'Old name' } })]);
    await rename('projects/1', { name: 'New name' });
    await rename(`human_users/${person?.id}`, { firstname: 'Myra' });
    const { data } = await world.ask(
      `{ launch(id: "L1") { project { id name } } project(id: 1) { id name }
         viewer { person { id name } } humanUser(id: ${person?.id}) { id name } }`,
    );
    expect(data.launch.project).toEqual({ id: 1, name: 'New name' });
    expect(data.project).toEqual(data.launch.project);
    expect(data.humanUser.name).toContain('Myra');
    expect(data.viewer.person).toEqual(data.humanUser);
  });

  it('comes from the launch for a project that the person may not see', async () => {
    world.launches.set('mira', [launchOf('L2', { project: { id: 99_999, name: 'Not mine' } })]);
    const { data } = await world.ask('{ launch(id: "L2") { project { id name } } }');
    expect(data.launch.project).toEqual({ id: 99_999, name: 'Not mine' });
  });
});
