import { table } from '../table.ts';

/** What the parts of the bench measure for the goals. */
export type FigureName =
  | 'waves signed in'
  | 'waves with sign-in'
  | 'waves with sign-in, after the code'
  | 'waves by renewal'
  | 'waves by restart'
  | 'waves at another process'
  | 'waves by first write'
  | 'pages'
  | 'pages at the least'
  | 'pages with a better bet'
  | 'shipped / apollo-sdl'
  | 'shipped / apollo-fetch'
  | 'p50 / site'
  | 'stall of many / of 50'
  | 'stall of many ms'
  | 'launch KB in memory'
  | 'launch KB in Redis'
  | 'start / SDL';

export type Figures = Readonly<Partial<Record<FigureName, number>>>;

interface Goal {
  readonly what: string;
  /** When the goal was set: measured on another day, so it is no part of a comparison. */
  readonly before: string;
  goal(node: number): string;
  /** Without one of them the goal was not measured. */
  readonly needs: readonly FigureName[];
  reached(of: (name: FigureName) => number): string;
  isReached(of: (name: FigureName) => number, node: number): boolean;
}

const EXTRA_WAVES = [
  'waves by renewal',
  'waves by restart',
  'waves at another process',
  'waves by first write',
] as const;
const CPU_GOAL = { before24: 0.3, from24: 0.25 };
const cpuGoal = (node: number): number => (node < 24 ? CPU_GOAL.before24 : CPU_GOAL.from24);

/** A goal for one figure: at most so much. */
function atMost(what: string, before: string, needed: FigureName, most: (node: number) => number): Goal {
  return {
    ...{ what, before, needs: [needed] },
    goal: (node) => String(most(node)),
    reached: (of) => String(of(needed)),
    isReached: (of, node) => of(needed) <= most(node),
  };
}

const GOALS: readonly Goal[] = [
  atMost(
    'waves of the site begun after the code of the page has loaded, signed in, with `first`',
    '1',
    'waves signed in',
    () => 0,
  ),
  {
    what: 'the same with sign-in: all waves, and those begun after the code has loaded',
    before: '3',
    goal: () => '1; 0',
    needs: ['waves with sign-in', 'waves with sign-in, after the code'],
    reached: (of) => `${of('waves with sign-in')}; ${of('waves with sign-in, after the code')}`,
    isReached: (of) => of('waves with sign-in') <= 1 && of('waves with sign-in, after the code') === 0,
  },
  {
    what: 'more waves by renewal, restart, another process, first write',
    before: '1 each',
    goal: () => '0',
    needs: EXTRA_WAVES,
    reached: (of) => EXTRA_WAVES.map(of).join(', '),
    isReached: (of) => EXTRA_WAVES.every((name) => of(name) === 0),
  },
  {
    what: 'pages at the provable least, or with a proof why the bet is not worth it',
    before: '40 of 47',
    goal: () => 'all 50',
    needs: ['pages', 'pages at the least', 'pages with a better bet'],
    reached: (of) =>
      `${of('pages at the least')} of ${of('pages')} at the least, ${of('pages') - of('pages at the least') - of('pages with a better bet')} with a proof`,
    isReached: (of) => of('pages') >= 50 && of('pages with a better bet') === 0,
  },
  atMost(
    'CPU of a page of 50 rows, shipped server, of Apollo with SDL and its defaults',
    'about 0.7',
    'shipped / apollo-sdl',
    cpuGoal,
  ),
  atMost('the same, of an Apollo that asks the site too', '0.61', 'shipped / apollo-fetch', () => 0.35),
  atMost(
    '100 people with the default settings, a site of 300 ms: p50 / site',
    '6.7',
    'p50 / site',
    () => 1.2,
  ),
  {
    what: 'longest stall of the loop under a page with 4,999 rows in its list, of that under 50 rows',
    before: '20',
    goal: () => '6, or 15 ms',
    needs: ['stall of many / of 50', 'stall of many ms'],
    reached: (of) => `${of('stall of many / of 50')}; ${of('stall of many ms')} ms`,
    isReached: (of) => of('stall of many / of 50') <= 6 || of('stall of many ms') <= 15,
  },
  {
    what: 'kept for a launch of 10,000 ids in the order of a page, both lists: memory; Redis',
    before: '97 KB; 99 KB',
    goal: () => '35 KB each',
    needs: ['launch KB in memory', 'launch KB in Redis'],
    reached: (of) => `${of('launch KB in memory')} KB; ${of('launch KB in Redis')} KB`,
    isReached: (of) => of('launch KB in memory') <= 35 && of('launch KB in Redis') <= 35,
  },
  atMost(
    'from the start to ready, 100 types of 70 fields, of a plain build of its SDL',
    '6.4',
    'start / SDL',
    () => 3.5,
  ),
];

/** Each goal, what was reached in this run, and whether that is enough. */
export function goalsTable(figures: Figures, node: number): string {
  const rows = GOALS.map((goal) => {
    const isMeasured = goal.needs.every((name) => figures[name] !== undefined);
    const of = (name: FigureName): number => figures[name] ?? Number.NaN;
    const isReached = isMeasured && goal.isReached(of, node) ? 'yes' : 'no';
    const cells = isMeasured ? [goal.reached(of), isReached] : ['not measured in this run', '-'];
    return [goal.what, goal.before, goal.goal(node), ...cells];
  });
  return table(['what', 'when it was set', 'goal', 'reached', 'enough'], rows);
}
