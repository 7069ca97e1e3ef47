import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createExplainer, type Explainer } from '../../src/graphql/explain.ts';
import { inWaves } from '../../src/query/plan/print-plan.ts';
import { askedDocuments } from '../support/asked-documents.ts';
import { pagesDataset } from '../support/pages-dataset.ts';
import { openGoldenLaunch } from '../support/golden-launch.ts';
import { EXPLAINED, PLAN } from '../support/plan-settings.ts';
import { startSiteWorld, type SiteWorld } from '../support/site-world.ts';

const MORE = [
  'query Groups { summarizeVersions(summaries: [{ field: ID, type: COUNT }], grouping: [{ field: USER }]) { groups { entities { ... on HumanUser { login } } } } }',
  'query Groups { summarizeTasks(summaries: [{ field: ID, type: COUNT }], grouping: [{ field: ENTITY }, { field: STEP }]) { groups { groups { entities { ... on Step { code } } } } } }',
  'query Happened { activity(entity: { type: "Version", id: 931 }) { kind entity { id ... on Version { code } } author { name } } }',
  'query Order { playlist(id: 1) { orderedVersions { code sgTask { content } } } }',
].map((query) => ({ from: 'this test', title: '', query, variables: {}, as: 'mira' as const }));
const NOTE =
  'mutation { createNote(input: { content: "Seen.", project: { type: "Project", id: 1 }, noteLinks: [{ type: "Version", id: 931 }] }) { id } }';
const ASKED = [...(await askedDocuments()), ...MORE];
/** What somebody follows depends on them alone: Mira follows nothing. */
const DEPENDS = /\bfollowing\b/u;
/** Fields of these cannot be explained, and are named. */
const UPLOADS = /^(?:request|complete)Upload/u;

interface Plan {
  readonly waves: number;
  readonly calls: readonly { readonly kind: string; readonly type: string | null }[];
}

/** `shotgraph explain` says what a document costs at most; the server then makes the calls. */
describe('the plan that explain prints', () => {
  let world: SiteWorld;
  let explain: Explainer;
  beforeAll(async () => {
    world = await startSiteWorld({ plan: { ...PLAN, shown: true } }, { dataset: pagesDataset() });
    explain = createExplainer({ exposed: world.exposed, ...EXPLAINED, introspection: true });
    openGoldenLaunch(world);
    const launch = world.launches.get('mira') ?? [];
    world.launches.set('joao', launch);
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    await world.control('POST', 'reset');
    await world.control('PATCH', 'people/ada', { can_impersonate_this_user: true });
  });

  it.each(ASKED)(
    'has the calls of the server, or a few more: $from $title',
    async ({ query, variables, as }) => {
      // Something has to have happened to it.
      if (query.includes('Happened')) await world.ask(NOTE);
      const { text } = await world.ask(query, { as, variables });
      const { extensions } = JSON.parse(text) as { extensions: { plan: Plan } };
      const { calls, errors, unexplained } = await explain({
        ...{ document: query, variables, operationName: undefined, launchType: 'Version' },
      });
      expect(errors).toEqual([]);
      if (unexplained.length > 0) {
        expect(unexplained).toEqual([expect.stringMatching(UPLOADS)]);
        return;
      }
      const explained = { waves: inWaves(calls).length, calls: callsOf(calls) };
      if (DEPENDS.test(query))
        expect(explained.calls).toEqual(expect.arrayContaining([...callsOf(extensions.plan.calls)]));
      else expect(explained).toEqual({ waves: extensions.plan.waves, calls: callsOf(extensions.plan.calls) });
    },
  );

  it.each(['ID', 'CODE'])('includes a later page of a list by %s', async (field) => {
    const query = `query ($after: String) { versions(first: 2, after: $after, sort: [{ field: ${field} }], filter: { entity: { is: { type: "Shot", id: 2 } } }) { nodes { code playlists { code } } pageInfo { endCursor } } }`;
    const { data } = await world.ask(query);
    const variables = { after: data.versions.pageInfo.endCursor as string };
    const { text } = await world.ask(query, { variables });
    const { extensions } = JSON.parse(text) as { extensions: { plan: Plan } };
    const { calls, errors } = await explain({
      ...{ document: query, variables, operationName: undefined, launchType: 'Version' },
    });
    expect(errors).toEqual([]);
    expect([inWaves(calls).length, callsOf(calls)]).toEqual([
      extensions.plan.waves,
      callsOf(extensions.plan.calls),
    ]);
  });

  it('includes the order of a playlist, whichever versions are named', async () => {
    const order = (await world.ask('{ playlist(id: 1) { orderedVersions { id } } }', { as: 'joao' })).data;
    const [first, ...others] = (order.playlist.orderedVersions as readonly { id: number }[]).map(
      ({ id }) => id,
    );
    const query = 'mutation ($ids: [Int!]!) { orderPlaylist(playlistId: 1, versionIds: $ids) { code } }';
    const variables = { ids: [...others, first] };
    const { text, errors: refused } = await world.ask(query, { as: 'ada', variables });
    expect(refused).toEqual([]);
    const { extensions } = JSON.parse(text) as { extensions: { plan: Plan } };
    const { calls, errors } = await explain({
      ...{ document: query, variables, operationName: undefined, launchType: 'Version' },
    });
    expect(errors).toEqual([]);
    expect([inWaves(calls).length, callsOf(calls)]).toEqual([
      extensions.plan.waves,
      callsOf(extensions.plan.calls),
    ]);
  });
});

const callsOf = (calls: Plan['calls']): readonly string[] =>
  calls.map(({ kind, type }) => `${kind} ${type}`).sort();
