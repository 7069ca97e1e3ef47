import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { HASH_SYNTAX } from '../support/every-type-site.ts';
import { scriptToken } from '../support/script-token.ts';
import { type SiteWorld, startSiteWorld } from '../support/site-world.ts';

interface Link {
  readonly type: string;
  readonly id: number;
  readonly name: string;
}

/** Lists of links that the site keeps in the row itself, in the other rows, and in rows between. */
const LISTS = [
  { type: 'Note', path: 'notes', field: 'note_links', list: 'noteLinks', target: 'Shot', targets: 'shots' },
  { type: 'Sequence', path: 'sequences', field: 'shots', list: 'shots', target: 'Shot', targets: 'shots' },
  {
    ...{ type: 'Playlist', path: 'playlists', field: 'versions', list: 'versions' },
    ...{ target: 'Version', targets: 'versions' },
  },
] as const;
type List = (typeof LISTS)[number];

const PROJECT = { type: 'Project', id: 1 };

/** By display name as the site sorts text, then by id. */
const isInOrder = (links: readonly Link[]): boolean =>
  links.every((link, index) => {
    const before = links[index - 1];
    if (before === undefined) return true;
    const [one, other] = [before.name.toLowerCase(), link.name.toLowerCase()];
    return one < other || (one === other && before.id < link.id);
  });

describe('the order of lists of links', () => {
  let world: SiteWorld;
  let token: string;
  beforeAll(async () => {
    world = await startSiteWorld();
    await world.control('PATCH', 'people/ada', { can_impersonate_this_user: true });
    token = await scriptToken(world.siteUrl);
  });
  afterAll(() => world.close());

  const call = async (method: string, path: string, body?: object, type = 'application/json') => {
    const answer = await fetch(`${world.siteUrl}/api/v1/entity/${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': type },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    expect(answer.status).toBeLessThan(300);
    return (await answer.json()) as { data: never };
  };
  const create = async (path: string, values: object): Promise<number> => {
    const { data } = await call('POST', path, { project: PROJECT, ...values });
    return (data as { id: number }).id;
  };
  /** What the site answers at each of its doors, which is the same. */
  const atSite = async ({ path, field }: List, id: number): Promise<readonly Link[]> => {
    interface Row {
      readonly relationships: Readonly<Record<string, { readonly data: readonly Link[] }>>;
    }
    const filters = { logical_operator: 'and', conditions: [['id', 'is', id]] };
    const found = await call('POST', `${path}/_search`, { filters, fields: [field] }, HASH_SYNTAX);
    const [row] = found.data as readonly Row[];
    const links = row?.relationships[field]?.data ?? [];
    const one = (await call('GET', `${path}/${id}`)).data as Row;
    expect(one.relationships[field]?.data).toEqual(links);
    expect((await call('GET', `${path}/${id}/relationships/${field}`)).data).toEqual(links);
    return links;
  };
  /** What this server answers: the links alone, with their names, and with fields of their rows. */
  const throughUs = async ({ type, list, target }: List, id: number): Promise<readonly Link[]> => {
    const one = `${type.charAt(0).toLowerCase()}${type.slice(1)}`;
    const of = target === 'Shot' && type === 'Note' ? '... on Shot { code }' : 'code';
    const { data, errors } = await world.ask(
      `{ alone: ${one}(id: ${id}) { list: ${list} { id } }
         named: ${one}(id: ${id}) { list: ${list} { type id name } }
         whole: ${one}(id: ${id}) { list: ${list} { id ${of} project { name } } } }`.replaceAll(
        type === 'Note' ? 'project { name }' : '',
        '',
      ),
      { as: 'ada', role: 'Admin' },
    );
    expect(errors).toEqual([]);
    const idsOf = (key: string): unknown => data[key].list.map((link: Link) => link.id);
    expect([idsOf('alone'), idsOf('whole')]).toEqual([idsOf('named'), idsOf('named')]);
    return data.named.list;
  };

  const changes = fc.array(
    fc.record({
      mode: fc.constantFrom('set', 'add', 'remove'),
      picked: fc.uniqueArray(fc.nat(7), { maxLength: 8 }),
    }),
    { minLength: 1, maxLength: 3 },
  );
  const names = fc.array(fc.stringMatching(/^[aBcD]{1,2}$/u), { minLength: 8, maxLength: 8 });

  it.each(LISTS)(
    'is by display name, then id, however $list of $path were written, and this server keeps it',
    async (list) => {
      const asked = fc.asyncProperty(names, changes, async (codes, written) => {
        const ids: number[] = [];
        // Each write follows the one before it.
        for (const code of codes) ids.push(await create(list.targets, { code }));
        const linkAt = (index: number) => ({ type: list.target, id: ids[index] });
        const first = codes.map((_, index) => linkAt(index)).toReversed();
        const naming = list.type === 'Note' ? { subject: 'Order' } : { code: 'Order' };
        const id = await create(list.path, { ...naming, [list.field]: first });
        for (const { mode, picked } of written) {
          const value = picked.map(linkAt);
          const change = { multi_entity_update_mode: mode, value };
          await call('PUT', `${list.path}/${id}`, { [list.field]: change });
          const links = await atSite(list, id);
          expect({ links, isInOrder: isInOrder(links) }).toMatchObject({ isInOrder: true });
          expect(await throughUs(list, id)).toEqual(links);
        }
      });
      await fc.assert(asked, { numRuns: 6 });
    },
    120_000,
  );

  it('is no change: a list that is written again in another order makes no event', async () => {
    const refs = await Promise.all(
      ['p', 'q'].map(async (code) => ({ type: 'Shot', id: await create('shots', { code }) })),
    );
    const id = await create('notes', { subject: 'Same', note_links: refs });
    const write = (links: readonly object[]) =>
      world.ask(`mutation ($input: NoteUpdateInput!) { updateNote(id: ${id}, input: $input) { id } }`, {
        as: 'ada',
        role: 'Admin',
        variables: { input: { noteLinks: { set: links } } },
      });
    const eventsOf = async (): Promise<number> => {
      const conditions = [
        ['entity', 'is', { type: 'Note', id }],
        ['event_type', 'is', 'Shotgun_Note_Change'],
      ];
      const filters = { logical_operator: 'and', conditions };
      const search = { filters, fields: ['meta'] };
      return ((await call('POST', 'event_log_entries/_search', search, HASH_SYNTAX)).data as []).length;
    };
    expect((await write(refs.slice(1))).errors).toEqual([]);
    expect((await write(refs)).errors).toEqual([]);
    const before = await eventsOf();
    expect(before).toBeGreaterThan(0);
    expect((await write(refs.toReversed())).errors).toEqual([]);
    expect((await write(refs)).errors).toEqual([]);
    expect(await eventsOf()).toBe(before);
  });
});
