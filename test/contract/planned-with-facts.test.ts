import { afterEach, describe, expect, it } from 'vitest';
import { withTolerances } from '../../src/shotgun/site-tolerances.ts';
import type { SiteFacts } from '../../src/site/facts/fact-table.ts';
import { siteSettings } from '../support/bent-site.ts';
import { type SiteWorld, startSiteWorld } from '../support/site-world.ts';

/** A link behind a link, and a list with rows of its own. */
const PAGE = `{ versions(first: 40, sort: [{ field: ID }]) { nodes {
  code sgTask { content step { code shortName } project { name sgDescription } } playlists { code description }
} pageInfo { hasNextPage } } }`;
/** More parents than a search by ids may name. */
const MANY = '{ shots(first: 60) { nodes { code sgVersions { code } } } }';

let world: SiteWorld | undefined;
afterEach(() => world?.close());

async function pageWith(facts: SiteFacts, document = PAGE) {
  await world?.close();
  world = await startSiteWorld({}, { facts });
  const { data, errors } = await world.ask(document, { as: 'joao' });
  expect(errors).toEqual([]);
  return { data, searches: world.takeSearches() };
}

const versionFields = (searches: Awaited<ReturnType<typeof pageWith>>['searches']): readonly string[] =>
  searches.find(({ type }) => type === 'Version')?.fields ?? [];

describe('a plan at a site that was measured', () => {
  it.each<[string, SiteFacts]>([
    ['that leaves links at the end of paths out', { 'read.dottedLinkLeaf': 'absent' }],
    ['that gives links at the end of paths', { 'read.dottedLinkLeaf': 'link' }],
    ['whose paths show hidden rows', { 'read.dottedHiddenRow': 'value' }],
    ['with small pages', { 'read.maxPageSize': 42 }],
    ['that takes few ids', { 'read.maxIds': 10 }],
    ['that takes few links', { 'read.maxLinks': 10 }],
  ])('gives the same answer as one without measurements, at a site %s', async (_, facts) => {
    const [page, many] = [await pageWith({}), await pageWith({}, MANY)];
    expect((await pageWith(facts)).data).toEqual(page.data);
    if (facts['read.maxPageSize'] === undefined)
      expect((await pageWith(facts, MANY)).data).toEqual(many.data);
  });

  it('gives the most rows of a page to a list without "first" where a page holds fewer than the usual fifty', async () => {
    const list = '{ versions(sort: [{ field: ID }]) { nodes { code } pageInfo { hasNextPage } } }';
    const { data } = await pageWith({ 'read.maxPageSize': 10 }, list);
    const { nodes, pageInfo } = data['versions'] as { nodes: unknown[]; pageInfo: object };
    expect([nodes.length, pageInfo]).toEqual([8, { hasNextPage: true }]);
    const { data: whole } = await pageWith({}, list);
    expect((whole['versions'] as { nodes: unknown[] }).nodes).toHaveLength(50);
  });

  it('asks for no link at the end of a path if the site leaves it out', async () => {
    expect(versionFields((await pageWith({})).searches)).toContain('sg_task.Task.step');
    const { searches } = await pageWith({ 'read.dottedLinkLeaf': 'absent' });
    expect(versionFields(searches)).not.toContain('sg_task.Task.step');
    expect(versionFields(searches)).toContain('sg_task.Task.step.Step.id');
  });

  it('asks only for the link if the site returns it', async () => {
    const { searches } = await pageWith({ 'read.dottedLinkLeaf': 'link' });
    expect(versionFields(searches)).toContain('sg_task.Task.step');
    expect(versionFields(searches)).not.toContain('sg_task.Task.step.Step.id');
  });

  it('uses no path if paths show rows that the person may not see', async () => {
    const { searches } = await pageWith({ 'read.dottedHiddenRow': 'value' });
    expect(searches.flatMap(({ fields }) => fields).filter((field) => field.includes('.'))).toEqual([]);
  });

  it('sends no more ids than the site accepts', async () => {
    const { searches } = await pageWith({ 'read.maxIds': 10 }, MANY);
    const lists = searches.flatMap(({ filter }) =>
      filter.conditions.flatMap((part) => ('logical_operator' in part ? [] : [part[2]])),
    );
    for (const list of lists) if (Array.isArray(list)) expect(list.length).toBeLessThanOrEqual(10);
  });

  it('refuses a longer page than the site returns', async () => {
    await pageWith({ 'read.maxPageSize': 42 });
    const { errors } = (await world?.ask('{ shots(first: 41) { nodes { code } } }')) ?? {};
    expect(errors?.[0]?.message).toContain('from 0 to 40');
  });
});

describe('a batch at a site that replaces lists of links in it', () => {
  const change = (mode: string) => `mutation { batch(operations: [{ updatePlaylist:
    { id: 1, input: { versions: { ${mode}: [{ type: "Version", id: 1 }] } } } }]) { id } }`;

  it('refuses to add or remove links, before anything is written', async () => {
    world = await startSiteWorld({}, { facts: { 'batch.linkModes': 'replaced' } });
    for (const mode of ['add', 'remove']) {
      const { errors } = await world.ask(change(mode), { as: 'joao', role: 'Manager' });
      expect(errors?.[0]).toMatchObject({
        message: expect.stringContaining('replaces the whole list'),
        extensions: { code: 'BAD_USER_INPUT' },
      });
    }
    expect((await world.takeCalls()).filter(({ path }) => path.includes('_batch'))).toEqual([]);
  });

  it('accepts the whole list', async () => {
    world = await startSiteWorld({}, { facts: { 'batch.linkModes': 'replaced' } });
    const { errors } = await world.ask(change('set'), { as: 'ada', role: 'Admin' });
    expect(errors?.[0]?.extensions?.['code']).not.toBe('BAD_USER_INPUT');
  });
});

describe('the client of a site that was measured', () => {
  const settings = siteSettings('http://127.0.0.1:1', { maxConnections: 20, maxCallsPerPerson: 6 });

  it('makes no more calls at once than the site answers, and leaves one to the others', () => {
    expect(withTolerances(settings, { 'connection.callsAtOnce': 4 })).toMatchObject({
      maxConnections: 4,
      maxCallsPerPerson: 3,
    });
    expect(withTolerances(settings, { 'connection.callsAtOnce': 0 })).toEqual(settings);
  });

  it('gives up an idle connection before the site does', () => {
    expect(withTolerances(settings, { 'connection.keepAliveSeconds': 20 }).keepAliveMs).toBe(18_000);
    // Never as long as the site itself.
    expect(withTolerances(settings, { 'connection.keepAliveSeconds': 1 }).keepAliveMs).toBe(500);
    expect(withTolerances(settings, { 'connection.keepAliveSeconds': 0 }).keepAliveMs).toBe(1);
    expect(withTolerances(settings, {}).keepAliveMs).toBeUndefined();
  });
});
