import { performance } from 'node:perf_hooks';
import type { ActingClient } from '../src/shotgun/client/shotgun.ts';
import type { FilterCondition, SearchRequest } from '../src/shotgun/port/requests.ts';
import type { Row } from '../src/shotgun/port/records.ts';
import { searchRows } from '../src/shotgun/calls/search.ts';
import type { Dataset } from '../studio/site/ports.ts';
import { openGoldenLaunch } from '../test/support/golden-launch.ts';
import type { Page } from '../test/support/page.ts';
import { pagesDataset } from '../test/support/pages-dataset.ts';
import { PAGES } from '../test/support/pages.ts';
import { searchingBy } from '../test/support/site-operations.ts';
import { startSiteWorld } from '../test/support/site-world.ts';
import { PLAN } from '../test/support/plan-settings.ts';
import { type Proof, proveLeast } from './least.ts';
import type { Effort, PartReport } from './report/report.ts';
import { round, table } from './table.ts';

const DELAY_MS = 300;

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

/** Ours alone where it has to be quick: what the others cost has not changed for long. */
export const designsOf = ({ isQuick }: Pick<Effort, 'isQuick'>): PagesOptions => ({
  designs: isQuick ? ['ours'] : DESIGNS.map(({ name }) => name),
  pages: PAGES,
});

interface PagesOptions {
  readonly designs: readonly string[];
  readonly pages: readonly Page[];
}

interface Measured {
  readonly waves: number;
  readonly calls: number;
  readonly ms: number;
}

/**
 * Calls, waves and waiting time of each page in each design, over a site that takes 300 ms to answer; beside them the
 * least waves, as a program proves them.
 */
export async function benchPages({ designs, pages }: PagesOptions): Promise<PartReport> {
  const measured = DESIGNS.filter(({ name }) => designs.includes(name));
  const [ours, ...others] = measured.map((design) => () => measureAll(design, pages));
  // Ours alone, the others side by side: they wait most of the time.
  const found = [await ours?.(), ...(await Promise.all(others.map((ask) => ask())))];
  const results = new Map(
    pages.map(({ name }) => [name, found.flatMap((of) => of?.get(name) ?? [])] as const),
  );
  const proofs = await proveLeast(pages);
  const rows = pages.map((page) => {
    const cells = (results.get(page.name) ?? []).flatMap((one) => [
      `${one.waves} / ${one.calls}`,
      round(one.ms / 1000),
    ]);
    return [page.story, String(proofs.get(page.name)?.least ?? 1), ...cells];
  });
  const head = ['page', 'least', ...measured.flatMap(({ name }) => [name, 's'])];
  const waves = new Map([...results].map(([name, [ours]]) => [name, ours?.waves ?? 0]));
  const of = (select: (proof: Proof, ours: number) => boolean): Page[] =>
    pages.filter(({ name }) => {
      const proof = proofs.get(name);
      return proof !== undefined && select(proof, waves.get(name) ?? 0);
    });
  const above = of(({ least }, ours) => ours > least);
  const better = of(({ bets }, ours) => ours > 1 && bets.some(({ isWorthIt }) => isWorthIt));
  const figures = {
    pages: pages.length,
    'pages at the least': pages.length - above.length,
    'pages with a better bet': better.length,
  };
  const intro = `${pages.length} pages. Waves / calls, and seconds until the answer, each asked once. A call takes ${DELAY_MS} ms.`;
  return { text: `${intro}\n\n${table(head, rows)}${aboveTable(above, proofs, waves)}`, figures };
}

async function measureAll(design: Design, pages: readonly Page[]): Promise<ReadonlyMap<string, Measured>> {
  const plan = { ...PLAN, ...design.plan, maxSearches: 1_000_000, shown: true };
  const world = await startSiteWorld(
    { plan },
    { delayMs: DELAY_MS, wrap: design.wrap, maxConnections: 200, dataset: pagesDataset() },
  );
  openGoldenLaunch(world);
  await world.ask('{ versions(first: 1) { nodes { id } } }');
  const results = new Map<string, Measured>();
  for (const page of pages) results.set(page.name, await measure(world, page));
  await world.close();
  return results;
}

/** Pages that take more waves than the least, and what the searches would bring that could be made before. */
function aboveTable(
  pages: readonly Page[],
  proofs: ReadonlyMap<string, Proof>,
  waves: ReadonlyMap<string, number>,
): string {
  if (pages.length === 0) return '';
  const rows = pages.map(({ name, story }) => {
    const proof = proofs.get(name);
    return [
      story,
      waves.get(name) ?? 0,
      proof?.least ?? 1,
      proof?.bets.map(({ told }) => told).join('; ') ?? '',
    ];
  });
  return `\n\nPages above the least, and why:\n\n${table(['page', 'waves', 'least', 'what could be searched for earlier'], rows)}`;
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
