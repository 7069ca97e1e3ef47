import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSiteWorld, type SiteWorld } from '../support/site-world.ts';

/** A file need not be uploaded: it may lie in the web, or on a storage of the studio. */
describe('Files that are named and not uploaded', () => {
  let world: SiteWorld;
  beforeAll(async () => {
    world = await startSiteWorld();
  });
  afterAll(() => world.close());

  const publish = (path: string) =>
    world.ask(
      `mutation($path: UrlInput) { createPublishedFile(input: { project: { type: "Project", id: 2 }, code: "scene", path: $path })
         { path { linkType url name localStorage localPath localPathLinux localPathWindows } } }`,
      { as: 'joao', variables: { path: JSON.parse(path) as unknown } },
    );

  it('are links to the web', async () => {
    const { data, errors } = await publish('{"url": "https://files.example/scene.ma", "name": "scene"}');
    expect(errors).toEqual([]);
    expect(data.createPublishedFile.path).toMatchObject({
      linkType: 'WEB',
      url: 'https://files.example/scene.ma',
      name: 'scene',
    });
  });

  it('are paths on a local storage, which each operating system finds under its own root', async () => {
    const { data, errors } = await publish('{"localPath": "/mnt/projects/bridge/scene.ma"}');
    expect(errors).toEqual([]);
    expect(data.createPublishedFile.path).toMatchObject({
      linkType: 'LOCAL',
      localStorage: 'primary',
      localPath: 'bridge/scene.ma',
      localPathLinux: '/mnt/projects/bridge/scene.ma',
    });
  });

  it.each([
    ['a script', '{"url": "javascript:alert(1)"}'],
    ['a file of this machine', '{"url": "file:///etc/passwd"}'],
    ['both', '{"url": "https://files.example/x", "localPath": "/mnt/projects/x"}'],
    ['neither', '{"name": "x"}'],
    ['a path that climbs out', '{"localPath": "/mnt/projects/../secret"}'],
    ['a path from nowhere', '{"localPath": "bridge/scene.ma"}'],
  ])('are refused before any call where they are %s (F29)', async (_what, path) => {
    await world.takeCalls();
    const { codes, errors } = await publish(path);
    expect(codes).toEqual(['BAD_USER_INPUT']);
    expect(JSON.stringify(errors)).toContain('input.path');
    expect(await world.takeCalls()).toEqual([]);
  });

  it('cannot be paths in a field that takes none', async () => {
    const { codes } = await world.ask(
      `mutation { updateVersion(id: 1, input: { sgUploadedMovie: { localPath: "/mnt/projects/a.mov" } }) { id } }`,
      { as: 'joao' },
    );
    expect(codes).toEqual(['BAD_USER_INPUT']);
  });

  it('may be removed if they are a thumbnail, and only then', async () => {
    const { data: found } = await world.ask(
      '{ versions(first: 1, filter: { project: { is: { type: "Project", id: 2 } }, image: { isNull: false } }) { nodes { id image { url } } } }',
      { as: 'joao' },
    );
    const [{ id, image }] = found.versions.nodes as [{ id: number; image: { url: string } | null }];
    expect(image).not.toBeNull();
    const remove = (field: string) =>
      world.ask(
        `mutation { removeImage(entity: { type: "Version", id: ${id} }, field: "${field}") { id ... on Version { image { url } } } }`,
        { as: 'joao' },
      );
    expect((await remove('image')).data.removeImage).toEqual({ id, image: null });
    expect((await remove('sgUploadedMovie')).codes).toEqual(['BAD_USER_INPUT']);
  });
});
