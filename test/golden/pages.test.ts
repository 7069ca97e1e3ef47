import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createExplainer, type Explainer, printExplanation } from '../../src/graphql/explain.ts';
import { printDiagram } from '../../src/query/plan/print-plan.ts';
import { exposeSchema } from '../../src/site/expose.ts';
import { parseSiteSchema } from '../../src/site/parse-site-schema.ts';
import { golden } from '../support/golden.ts';
import { printPage, type SeenCall, wavesAtSite } from '../support/golden-page.ts';
import { openGoldenLaunch } from '../support/golden-launch.ts';
import type { Page } from '../support/page.ts';
import { pagesDataset } from '../support/pages-dataset.ts';
import { PAGES } from '../support/pages.ts';
import { EXPLAINED, PLAN } from '../support/plan-settings.ts';
import { steadyText } from '../support/steady-text.ts';
import { startSiteWorld, type SiteWorld } from '../support/site-world.ts';

/** Long enough for calls of one wave to overlap, whatever else the machine does. */
const DELAY_MS = 100;

/**
 * What pages of real tools cost and answer: each golden file has the document, the plan, the calls that the site got for
 * it, in waves by the site's own clock, and the answer. `UPDATE_GOLDEN=1 npm test -- test/golden` writes them again.
 */
describe('golden pages', () => {
  let world: SiteWorld;
  let explain: Explainer;
  beforeAll(async () => {
    world = await startSiteWorld({ plan: { ...PLAN, shown: true } }, { delayMs: DELAY_MS, dataset: pagesDataset() });
    const { dataset } = world;
    openGoldenLaunch(world);
    const schema = parseSiteSchema(dataset.entityTypes, dataset.fields);
    explain = createExplainer({
      exposed: exposeSchema(schema, { source: 'expose.yml', types: new Map() }),
      ...EXPLAINED,
    });
    // Mira's token is minted here, and is not part of any page.
    await world.ask('{ statuses(first: 1) { nodes { id } } }');
    await world.control('DELETE', 'requests');
  });
  afterAll(() => world.close());

  const open = async (page: Page) => {
    const { query, variables = {} } = page;
    const { errors, text } = await world.ask(query, { variables });
    const { data, extensions } = JSON.parse(steadyText(text, world.siteUrl)) as {
      data: unknown;
      extensions: { plan: { waves: number } };
    };
    const calls = wavesAtSite((await world.control('GET', 'requests')) as SeenCall[]);
    await world.control('DELETE', 'requests');
    const explained = await explain({
      ...{ document: query, variables, operationName: undefined, launchType: 'Version' },
    });
    const printed = { plan: printExplanation(explained), diagram: printDiagram(explained.calls) };
    return { errors, waves: extensions.plan.waves, seen: { page, data, calls, ...printed } };
  };

  it.each(PAGES)('$name: $story', async (page) => {
    const { errors, waves, seen } = await open(page);
    expect(errors).toEqual([]);
    const wavesSeen = Math.max(...seen.calls.map(({ wave }) => wave));
    expect({ waves, wavesSeen, calls: seen.calls.length }).toEqual({
      waves: page.waves,
      wavesSeen: page.waves,
      calls: page.calls,
    });
    const cost = `${page.waves} wave${page.waves === 1 ? '' : 's'}, ${page.calls} call${page.calls === 1 ? '' : 's'}`;
    expect(seen.plan.split('\n')[0]).toBe(cost);
    const file = await golden(page.name, printPage(seen));
    expect(file.seen).toBe(file.kept);
  });
});

