import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createExplainer, type Explainer } from '../../src/graphql/explain.ts';
import { inWaves } from '../../src/query/plan/print-plan.ts';
import type { ActingClient } from '../../src/shotgun/client/shotgun.ts';
import { openGoldenLaunch } from '../support/golden-launch.ts';
import { laterReads } from '../support/least.ts';
import { pagesDataset } from '../support/pages-dataset.ts';
import { PAGES } from '../support/pages.ts';
import { EXPLAINED } from '../support/plan-settings.ts';
import { startSiteWorld, type SiteWorld } from '../support/site-world.ts';

/** Pages of several waves: what could have been read earlier, by which link, and how many rows for how many that are needed. */
const LATER: Readonly<Record<string, readonly string[]>> = {
  'two-levels': [
    'wave 2: Task from Version.sg_task; image_source_entity.Version. 0 rows for 10, and not all of them; sg_versions.Version. 701 rows for 10, in no order',
    'wave 3: HumanUser from Task.task_assignees',
  ],
  season: [
    'wave 2: HumanUser from Task.task_assignees; image_source_entity.Task. 0 rows for 14, and not all of them',
  ],
  'shot-breakdown': [
    'wave 2: Asset from Shot.assets; image_source_entity.Shot. 0 rows for 42, and not all of them; shots.Shot. 107 rows for 42, in no order',
  ],
  playlists: ['wave 2: Version from Playlist.versions; playlists.Playlist. 120 rows for 120, in no order'],
};

/**
 * One wave is the least that a page can cost. Of a page of several waves each later read is held against every search that
 * could have found its rows earlier: by any link that leads back to the rows before them.
 */
describe('the waves of the golden pages', () => {
  let world: SiteWorld;
  let explain: Explainer;
  let client: ActingClient | undefined;
  beforeAll(async () => {
    const wrap = (of: ActingClient): ActingClient => (client = of);
    world = await startSiteWorld({}, { dataset: pagesDataset(), wrap });
    explain = createExplainer({ exposed: world.exposed, ...EXPLAINED });
    openGoldenLaunch(world);
  });
  afterAll(() => world.close());

  it('are listed for fifty pages', () => {
    expect(PAGES).toHaveLength(50);
  });

  it.each(PAGES)('are the minimum for $name', async ({ name, query, variables = {}, waves }) => {
    const { calls } = await explain({
      ...{ document: query, variables, operationName: undefined, launchType: 'Version' },
    });
    expect(inWaves(calls)).toHaveLength(waves);
    if (waves === 1) return;
    world.takeSearches();
    await world.ask(query, { variables });
    const searches = world.takeSearches();
    if (client === undefined) throw new Error('nothing was asked');
    const later = await laterReads({ schema: world.exposed, client, calls, searches });
    const told = later.map(({ type, wave, source, earlier }) =>
      [
        `wave ${wave}: ${type} from ${source}`,
        ...earlier.map(
          ({ path, isSorted, found, needed, covers }) =>
            `${path} ${found} rows for ${needed}${covers ? '' : ', and not all of them'}${isSorted ? '' : ', in no order'}`,
        ),
      ].join('; '),
    );
    expect(told).toEqual(LATER[name]);
    // A page in the order of the rows before it would bring them: such a search belongs into the plan.
    const better = later.flatMap(({ earlier }) => earlier.filter(({ covers, isSorted }) => covers && isSorted));
    expect(better).toEqual([]);
  });
});
