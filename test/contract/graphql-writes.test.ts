import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { launchOf, WINDOW } from '../support/graphql-world.ts';
import { startSiteWorld, type SiteWorld } from '../support/site-world.ts';

/** Mira and João change things; the site's event log tells who did it. */
describe('writes on a site', () => {
  let world: SiteWorld;
  beforeEach(async () => {
    world = await startSiteWorld();
  });
  afterEach(() => world.close());

  const mirasVersion = async (): Promise<number> => {
    const { data } = await world.ask(
      '{ viewer { person { id } } versions(first: 1, filter: { project: { is: { type: "Project", id: 2 } }, sgStatusList: { is: "rev" }, user: { nameIs: "Mira Okafor" } }) { nodes { id } } }',
    );
    return data.versions.nodes[0].id as number;
  };
  const events = async (as: string, entityId: number) => {
    const { data, errors } = await world.ask(
      `{ eventLogEntries(first: 20, filter: { entity: { is: { type: "Version", id: ${entityId} } } }, sort: [{ field: ID, direction: DESC }])
         { nodes { eventType attributeName sessionUuid user { type name } meta } } }`,
      { as },
    );
    expect(errors).toEqual([]);
    return data.eventLogEntries.nodes as {
      eventType: string;
      attributeName: string;
      sessionUuid: string | null;
      user: { type: string; name: string };
    }[];
  };

  it('can create a file without a project, as in ShotGrid', async () => {
    const { data, errors } = await world.ask(
      'mutation { createAttachment(input: { displayName: "loose" }) { displayName project { id } } }',
      { as: 'joao' },
    );
    expect(errors).toEqual([]);
    expect(data.createAttachment).toEqual({ displayName: 'loose', project: null });
  });

  it('are made as the person, and appear in the window that the launch came from', async () => {
    const id = await mirasVersion();
    world.launches.set('mira', [launchOf('L1')]);
    const { data, errors } = await world.ask(
      'mutation($id: Int!) { updateVersion(id: $id, input: { sgStatusList: "apr" }) { id sgStatusList user { name } } }',
      { variables: { id }, launchId: 'L1' },
    );
    expect(errors).toEqual([]);
    expect(data.updateVersion).toEqual({ id, sgStatusList: 'apr', user: { name: 'Mira Okafor' } });
    expect((await events('joao', id))[0]).toMatchObject({
      eventType: 'Shotgun_Version_Change',
      attributeName: 'sg_status_list',
      sessionUuid: WINDOW,
      user: { type: 'HumanUser', name: 'Mira Okafor' },
    });
  });

  it('make a note with its links, and read what was selected', async () => {
    const id = await mirasVersion();
    const { data, errors } = await world.ask(
      `mutation($link: EntityRefInput!) { createNote(input: { project: { type: "Project", id: 2 }, subject: "Looks good",
        content: "Ship it", noteLinks: [$link] }) { id subject content createdBy { name } noteLinks { id type name } project { nameField } } }`,
      { variables: { link: { type: 'Version', id } } },
    );
    expect(errors).toEqual([]);
    expect(data.createNote).toMatchObject({
      subject: 'Looks good',
      content: 'Ship it',
      createdBy: { name: 'Mira Okafor' },
      noteLinks: [{ id, type: 'Version' }],
    });
  });

  it('add to and remove from a list of links without replacing it', async () => {
    const { data: before } = await world.ask(
      '{ playlists(first: 1, filter: { versions: { isNull: false } }) { nodes { id versions { id } } } }',
      { as: 'joao' },
    );
    const { id, versions } = before.playlists.nodes[0] as { id: number; versions: { id: number }[] };
    const ids = versions.map((version) => version.id);
    const { data: pool } = await world.ask('{ versions(first: 50) { nodes { id } } }', { as: 'joao' });
    const other = (pool.versions.nodes as { id: number }[]).find((version) => !ids.includes(version.id))?.id;
    const change = async (mode: string) => {
      const { data, errors } = await world.ask(
        `mutation { updatePlaylist(id: ${id}, input: { versions: { ${mode}: [{ type: "Version", id: ${other} }] } }) { versions { id } } }`,
        { as: 'joao' },
      );
      expect(errors).toEqual([]);
      return (data.updatePlaylist.versions as { id: number }[]).map((version) => version.id).sort();
    };
    expect(await change('add')).toEqual([...ids, other].sort());
    expect(await change('remove')).toEqual([...ids].sort());
  });

  it('retire and bring back', async () => {
    const created = await world.ask(
      'mutation { createVersion(input: { project: { type: "Project", id: 2 }, code: "throwaway" }) { id } }',
      { as: 'joao' },
    );
    const id = created.data.createVersion.id as number;
    const ask = (document: string) => world.ask(document, { as: 'joao' });
    const deleted = '{ id type deleted { __typename id name ... on Version { code } } }';
    expect((await ask(`mutation { deleteVersion(id: ${id}) ${deleted} }`)).data.deleteVersion).toEqual({
      id,
      type: 'Version',
      deleted: { __typename: 'Version', id, name: null, code: null },
    });
    expect((await ask(`{ version(id: ${id}) { id } }`)).data.version).toBeNull();
    expect((await ask(`mutation { deleteVersion(id: ${id}) { id } }`)).codes).toEqual(['NOT_FOUND']);
    expect((await ask(`mutation { reviveVersion(id: ${id}) { code } }`)).data.reviveVersion).toEqual({
      code: 'throwaway',
    });
  });

  it('that the person may not make are FORBIDDEN, with nothing changed and no other rights used', async () => {
    const { data } = await world.ask(
      '{ versions(first: 1, filter: { user: { nameIs: "Liam Ito" } }) { nodes { id code } } }',
    );
    const { id, code } = data.versions.nodes[0] as { id: number; code: string };
    await world.takeCalls();
    const refused = await world.ask(
      `mutation { updateVersion(id: ${id}, input: { code: "mine now" }) { id } }`,
    );
    expect(refused.codes).toEqual(['FORBIDDEN']);
    expect((await world.takeCalls()).map(({ actingAs, method }) => [method, actingAs])).toEqual([
      ['PUT', 'mira'],
    ]);
    expect((await world.ask(`{ version(id: ${id}) { code } }`)).data.version.code).toBe(code);
  });

  it('accept a status that the project hides, as ShotGrid does; a form learns not to offer it', async () => {
    const { data, errors } = await world.ask(
      `mutation { createShot(input: { project: { type: "Project", id: 3 }, code: "held", sgStatusList: "hld" }) { sgStatusList } }`,
      { as: 'joao' },
    );
    expect(errors).toEqual([]);
    expect(data.createShot).toEqual({ sgStatusList: 'hld' });
    const { data: told } = await world.ask(
      '{ fieldInfo(type: "Shot", field: "sgStatusList", projectId: 3) { choices { value hidden } } }',
      { as: 'joao' },
    );
    expect(told.fieldInfo.choices).toContainEqual({ value: 'hld', hidden: true });
  });

  it('of each scalar data type come back as they were given', async () => {
    const { data, errors } = await world.ask(
      `mutation { createVersion(input: { project: { type: "Project", id: 2 }, code: "all types", description: "two\\nlines",
         frameCount: 120, clientApproved: true, sgUploadedMovieFrameRate: 25, sgStatusList: "apr" })
         { code description frameCount clientApproved sgUploadedMovieFrameRate sgStatusList } }`,
      { as: 'joao' },
    );
    expect(errors).toEqual([]);
    expect(data.createVersion).toEqual({
      code: 'all types',
      description: 'two\nlines',
      frameCount: 120,
      clientApproved: true,
      sgUploadedMovieFrameRate: 25,
      sgStatusList: 'apr',
    });
  });
});
