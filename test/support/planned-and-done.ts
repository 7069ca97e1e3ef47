import fc from 'fast-check';
import { createExplainer } from '../../src/graphql/explain.ts';
import type { PlanOptions } from '../../src/query/plan/planning.ts';
import { inWaves } from '../../src/query/plan/print-plan.ts';
import { inOrder } from './in-order.ts';
import { launchOf } from './graphql-world.ts';
import { EXPLAINED, PLAN } from './plan-settings.ts';
import { queries, type RandomQuery } from './random-queries.ts';
import { startSiteWorld } from './site-world.ts';

/** Sees every row, so that nothing is missed for being hidden. */
const ADMIN = 'ada';
const LAUNCH = 'few';
const MAX_SEARCHES = 1000;

interface Cost {
  readonly waves: number;
  /** How often each kind of call is made of each type. */
  readonly calls: ReadonlyMap<string, number>;
}

export interface PlannedAndDone {
  readonly queries: fc.Arbitrary<RandomQuery>;
  /** What a query costs as it is planned, and as a person who sees everything has it made. */
  costsOf(query: RandomQuery): Promise<{ readonly planned: Cost; readonly done: Cost }>;
  close(): Promise<void>;
}

/**
 * Holds random queries to their plans: no call is made that is not planned, and none in a later wave.
 *
 * @returns how many queries made exactly the calls of their plan: links of others lead nowhere, which no plan knows
 */
export async function holdToPlans(
  { queries: asked, costsOf }: PlannedAndDone,
  runs: number,
): Promise<number> {
  let exact = 0;
  await fc.assert(
    fc.asyncProperty(asked, async (query) => {
      const { planned, done } = await costsOf(query);
      const unplanned = [...done.calls].filter(([call, count]) => count > (planned.calls.get(call) ?? 0));
      if (unplanned.length > 0 || done.waves > planned.waves) {
        const told = {
          planned: [...planned.calls],
          done: [...done.calls],
          waves: [planned.waves, done.waves],
        };
        throw new Error(`${query.document}\n${JSON.stringify(told)}`);
      }
      const isExact = [...planned.calls].every(([call, count]) => done.calls.get(call) === count);
      if (isExact && planned.waves === done.waves) exact += 1;
    }),
    { numRuns: runs },
  );
  return exact;
}

/** A site that gives links at the end of paths: where it leaves them out, rows without a value are read once more. */
export async function startPlannedAndDone(shortCuts: Partial<PlanOptions> = {}): Promise<PlannedAndDone> {
  const plan = { ...PLAN, ...shortCuts, maxSearches: MAX_SEARCHES, shown: true };
  const world = await startSiteWorld(
    { maxAliases: 1000, maxDepth: 64, plan },
    { switches: { 'read.dottedLinkLeaf': 'link' }, wrap: inOrder },
  );
  // Nobody acts as an administrator unless the site allows it.
  await world.control('PATCH', `people/${ADMIN}`, { can_impersonate_this_user: true });
  const { exposed, dataset } = world;
  const selectedIds = (dataset.rows['Version'] ?? []).slice(0, 5).map(({ id }) => id);
  world.launches.set(ADMIN, [launchOf(LAUNCH, { selectedIds, ids: selectedIds })]);
  const explain = createExplainer({ ...EXPLAINED, maxAliases: 1000, maxDepth: 64, exposed, plan });
  return {
    queries: queries({
      schema: exposed,
      idsOf: (type) => (dataset.rows[type] ?? []).map(({ id }) => id),
      launchIds: [LAUNCH],
    }),
    async costsOf({ document, variables }) {
      const { text, errors } = await world.ask(document, { as: ADMIN, variables });
      if (errors.length > 0) throw new Error(`${document} is refused: ${JSON.stringify(errors[0])}`);
      const { calls } = await explain({
        ...{ document, variables, operationName: undefined, launchType: 'Version' },
      });
      const { extensions } = JSON.parse(text) as { extensions: { plan: { waves: number; calls: Called[] } } };
      const { plan: done } = extensions;
      return {
        planned: { waves: inWaves(calls).length, calls: tally(calls) },
        done: { waves: done.waves, calls: tally(done.calls) },
      };
    },
    close: () => world.close(),
  };
}

interface Called {
  readonly kind: string;
  readonly type: string | null;
}

function tally(calls: readonly Called[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { kind, type } of calls) {
    const call = `${kind} ${type}`;
    counts.set(call, (counts.get(call) ?? 0) + 1);
  }
  return counts;
}
