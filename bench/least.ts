import { createExplainer } from '../src/graphql/explain.ts';
import { inWaves } from '../src/query/plan/print-plan.ts';
import type { ActingClient } from '../src/shotgun/client/shotgun.ts';
import { openGoldenLaunch } from '../test/support/golden-launch.ts';
import { type EarlierSearch, type LaterRead, laterReads } from '../test/support/least.ts';
import type { Page } from '../test/support/page.ts';
import { pagesDataset } from '../test/support/pages-dataset.ts';
import { EXPLAINED } from '../test/support/plan-settings.ts';
import { startSiteWorld } from '../test/support/site-world.ts';

/** A search that could have found all rows of a later wave before it. */
export interface Bet {
  readonly told: string;
  /** Its rows can be had in the order of the page: one page of it is enough, however many there are. */
  readonly isWorthIt: boolean;
}

/** What is the least number of waves of a page, and by which searches it could be had. */
export interface Proof {
  readonly least: number;
  readonly bets: readonly Bet[];
}

/**
 * One wave is the least that a page can cost. Of a page of several, each later read is held against every search that could
 * have found its rows earlier, by any link that leads back to the rows that name them.
 */
export async function proveLeast(pages: readonly Page[]): Promise<ReadonlyMap<string, Proof>> {
  let client: ActingClient | undefined;
  const wrap = (of: ActingClient): ActingClient => (client = of);
  const world = await startSiteWorld({}, { dataset: pagesDataset(), wrap });
  openGoldenLaunch(world);
  const explain = createExplainer({ exposed: world.exposed, ...EXPLAINED });
  const proofs = new Map<string, Proof>();
  for (const { name, query, variables = {} } of pages) {
    const asked = { document: query, variables, operationName: undefined, launchType: 'Version' };
    const { calls } = await explain(asked);
    world.takeSearches();
    const isOneWave = inWaves(calls).length === 1;
    if (!isOneWave) await world.ask(query, { variables });
    const searches = world.takeSearches();
    const reads =
      isOneWave || client === undefined
        ? []
        : await laterReads({ schema: world.exposed, client, calls, searches });
    proofs.set(name, proofOf(reads));
  }
  await world.close();
  return proofs;
}

/** A read whose rows no earlier search finds has to wait for the rows that name them, and for nothing else. */
export function proofOf(reads: readonly LaterRead[]): Proof {
  const waves = new Map<string, number>();
  for (const { type, source, earlier } of reads.toSorted((left, right) => left.wave - right.wave)) {
    const [owner = ''] = source.split('.');
    const ofOwner = waves.get(owner) ?? 1;
    waves.set(type, Math.max(waves.get(type) ?? 1, earlier.some(covers) ? ofOwner : ofOwner + 1));
  }
  const bets = reads.flatMap(({ type, earlier }) =>
    earlier.filter(covers).map(({ path, isSorted, found, needed }) => ({
      told: `${type} by ${path}: ${found} rows for ${needed}, ${isSorted ? 'in the order of the page' : 'in no order, so a page of them need not hold those that are shown'}`,
      isWorthIt: isSorted,
    })),
  );
  return { least: Math.max(1, ...waves.values()), bets };
}

const covers = ({ covers: all }: EarlierSearch): boolean => all;
