import fc from 'fast-check';
import { MAX_ERRORS } from '../../src/graphql/answer/told-errors.ts';
import { exposeSchema } from '../../src/site/expose.ts';
import { parseSiteSchema } from '../../src/site/parse-site-schema.ts';
import type { Dataset } from '../../studio/site/ports.ts';
import type { GraphqlAnswer } from './ask-graphql.ts';
import { launchOf } from './graphql-world.ts';
import { queries, type RandomQuery } from './random-queries.ts';
import { startSiteWorld, type SiteWorld, type WorldSite } from './site-world.ts';
import { PLAN } from './plan-settings.ts';

/** An artist of two projects and one of one, a manager, an admin: each sees other rows. */
export const PEOPLE = ['mira', 'kenji', 'joao', 'ada'] as const;

const LAUNCHES = ['few', 'foreign'];
const MAX_SEARCHES = 1000;

/** One site read in two ways: planned, and one level after the other. */
export interface TwoWays {
  readonly planned: SiteWorld;
  readonly stepwise: SiteWorld;
  /** Queries, and who asks. */
  readonly asked: fc.Arbitrary<readonly [RandomQuery, string]>;
  /** The answers to one query: planned, planned once more, and one level after the other. */
  ask(query: RandomQuery, as: string): Promise<Answers>;
  close(): Promise<void>;
}

export interface Answers {
  readonly planned: Answer;
  /** To the same document again, which is parsed, checked and planned by then. */
  readonly again: Answer;
  readonly stepwise: Answer;
}

export interface Answer {
  readonly data: unknown;
  readonly codes: readonly string[];
  /** As they were sent, but for the site's ids of them. */
  readonly errors: unknown;
  readonly waves: number;
}

export async function startTwoWays(
  site: Pick<WorldSite, 'switches'> = {},
  shortCuts: { paths: boolean; beside: boolean } = { paths: true, beside: true },
): Promise<TwoWays> {
  const wide = { maxAliases: 1000, maxDepth: 64 };
  const plan = { ...PLAN, maxSearches: MAX_SEARCHES, shown: true };
  const [planned, stepwise] = await Promise.all([
    startSiteWorld({ ...wide, plan: { ...plan, ...shortCuts } }, site),
    startSiteWorld({ ...wide, plan: { ...plan, paths: false, beside: false } }, site),
  ]);
  for (const world of [planned, stepwise]) openLaunches(world);
  const { dataset } = planned;
  const schema = exposeSchema(parseSiteSchema(dataset.entityTypes, dataset.fields), {
    source: 'expose.yml',
    types: new Map(),
  });
  const idsOf = (type: string): number[] => (dataset.rows[type] ?? []).map(({ id }) => id);
  return {
    planned,
    stepwise,
    asked: fc.tuple(
      queries({ schema, idsOf, launchIds: LAUNCHES, ofProjects: true }),
      fc.constantFrom(...PEOPLE, vendorOf(dataset)),
    ),
    async ask({ document, variables }, as) {
      const options = { variables, as };
      const [first, plain] = await Promise.all([
        planned.ask(document, options),
        stepwise.ask(document, options),
      ]);
      const again = await planned.ask(document, options);
      return { planned: answerOf(first), again: answerOf(again), stepwise: answerOf(plain) };
    },
    close: async () => {
      await Promise.all([planned.close(), stepwise.close()]);
    },
  };
}

function openLaunches({ dataset, launches }: SiteWorld): void {
  for (const login of [...PEOPLE, vendorOf(dataset)]) {
    launches.set(login, [
      launchOf('few', { selectedIds: someOf(dataset, 1), ids: someOf(dataset, 1) }),
      launchOf('foreign', {
        selectedIds: someOf(dataset, 3),
        ids: someOf(dataset, 3),
        project: { id: 3, name: 'Three' },
      }),
    ]);
  }
}

/** Somebody who sees only what is assigned to them: most linked rows are hidden. */
function vendorOf({ rows }: Dataset): string {
  const role = rows['PermissionRuleSet']?.find(({ code }) => code === 'vendor')?.id;
  const vendor = rows['HumanUser']?.find(
    ({ permission_rule_set: set, sg_status_list: status }) =>
      status === 'act' && (set as { id: number } | null)?.id === role,
  );
  if (vendor === undefined) throw new Error('the demo has no vendor');
  return String(vendor['login']);
}

const someOf = ({ rows }: Dataset, project: number): number[] =>
  (rows['Version'] ?? [])
    .filter((row) => (row['project'] as { id: number }).id === project)
    .slice(0, 5)
    .map(({ id }) => id);

function answerOf({ text, codes }: GraphqlAnswer): Answer {
  const { data, errors, extensions } = JSON.parse(
    text.replaceAll(/"upstreamErrorId":"\w+"/gu, '"upstreamErrorId":""'),
  ) as { data: unknown; errors?: object[]; extensions: { plan: { waves: number } } };
  const { waves } = extensions.plan;
  // Branches fail in any order, and of many errors an answer tells the first: which ones, no two answers agree.
  if (codes.length >= MAX_ERRORS) return { data, codes: [], errors: codes.length, waves };
  const texts = errors?.map((error) => JSON.stringify(error)).sort();
  return { data, codes: [...codes].sort(), errors: texts, waves };
}
