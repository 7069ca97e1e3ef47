import { performance } from 'node:perf_hooks';
import type { ActingClient } from '../src/shotgun/client/shotgun.ts';
import type { FilterCondition, SearchRequest } from '../src/shotgun/port/requests.ts';
import type { Row } from '../src/shotgun/port/records.ts';
import { searchRows } from '../src/shotgun/calls/search.ts';
import type { Dataset } from '../studio/site/ports.ts';
import { launchOf } from '../test/support/graphql-world.ts';
import { LAUNCH_ID, type Page } from '../test/support/page.ts';
import { pagesDataset } from '../test/support/pages-dataset.ts';
import { PAGES } from '../test/support/pages.ts';
import { searchingBy } from '../test/support/site-operations.ts';
import { startSiteWorld } from '../test/support/site-world.ts';
import { PLAN } from '../test/support/plan-settings.ts';
import { round, table } from './table.ts';

interface Design {
  readonly name: string;
  readonly plan: { readonly paths: boolean; readonly beside: boolean };
  wrap(client: ActingClient): ActingClient;
}

/**
 * Ours; one search per type and level, as a DataLoader makes them; and a call for each record that a link leads to, as
 * resolvers without a loader do. The two others are our own reader with its means switched off, so they still ask for no
 * field too many and never for one record twice.
 */
const DESIGNS: readonly Design[] = [
  { name: 'ours', plan: { paths: true, beside: true }, wrap: (client) => client },
  { name: 'loader', plan: { paths: false, beside: false }, wrap: (client) => client },
  { name: 'naive', plan: { paths: false, beside: false }, wrap: oneByOne },
];

interface Measured {
  readonly waves: number;
  readonly calls: number;
  readonly ms: number;
}

/** Calls, waves and waiting time of each page in each design, over a site that takes 300 ms to answer. */
export async function benchPages(isQuick: boolean): Promise<string> {
  const pages = isQuick ? PAGES.slice(0, 3) : PAGES;
  const results = new Map<string, Measured[]>();
  for (const design of DESIGNS) {
    const plan = { ...PLAN, ...design.plan, maxSearches: 1_000_000, shown: true };
    const world = await startSiteWorld(
      { plan },
      { delayMs: 300, wrap: design.wrap, maxConnections: 200, dataset: pagesDataset() },
    );
    const ids = launchedIds(world.dataset);
    world.launches.set('mira', [launchOf(LAUNCH_ID, { selectedIds: ids, ids })]);
    await world.ask('{ versions(first: 1) { nodes { id } } }');
    for (const page of pages) {
      const measured = await measure(world, page);
      results.set(page.name, [...(results.get(page.name) ?? []), measured]);
    }
    await world.close();
  }
  const rows = pages.map((page) => {
    const [ours, loader, naive] = results.get(page.name) ?? [];
    const cells = [ours, loader, naive].flatMap((one) => [
      `${one?.waves ?? 0} / ${one?.calls ?? 0}`,
      round((one?.ms ?? 0) / 1000),
    ]);
    return [page.story, `${page.waves} / ${page.calls}`, ...cells];
  });
  const head = ['page', 'least', 'ours', 's', 'loader', 's', 'naive', 's'];
  return `Waves / calls, and seconds until the answer. A call takes 300 ms.\n\n${table(head, rows)}`;
}

/** The launch of the pages: fifty Versions of project 1. */
export const launchedIds = ({ rows }: Dataset): readonly number[] =>
  (rows['Version'] ?? [])
    .filter((row) => (row['project'] as { id: number }).id === 1)
    .slice(0, 50)
    .map(({ id }) => id);

async function measure(world: Awaited<ReturnType<typeof startSiteWorld>>, page: Page): Promise<Measured> {
  await world.takeCalls();
  const startedAt = performance.now();
  const { errors, text } = await world.ask(page.query, { variables: page.variables ?? {} });
  const ms = performance.now() - startedAt;
  if (errors.length > 0) throw new Error(`${page.name}: ${JSON.stringify(errors)}`);
  const { plan } = (JSON.parse(text) as { extensions: { plan: { waves: number } } }).extensions;
  return { waves: plan.waves, calls: (await world.takeCalls()).length, ms };
}

/** A search for records by their ids becomes one for each of them. */
function oneByOne(client: ActingClient): ActingClient {
  return searchingBy(client, async (request, search) => {
    const ids = idsOf(request);
    if (ids === undefined) return search(searchRows(request));
    const one = (id: number): Promise<readonly Row[]> =>
      search(searchRows({ ...request, filter: { logical_operator: 'and', conditions: [['id', 'is', id]] } }));
    return (await Promise.all(ids.map(one))).flat();
  });
}

function idsOf({ filter }: SearchRequest): readonly number[] | undefined {
  const [only, ...others] = filter.conditions;
  if (!Array.isArray(only) || others.length > 0) return undefined;
  const [path, relation, value] = only as unknown as FilterCondition;
  return path === 'id' && relation === 'in' ? (value as readonly number[]) : undefined;
}
