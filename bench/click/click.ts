import type { Browser } from 'playwright-core';
import { hasChromium, startChromium } from '../../test/support/chromium.ts';
import type { Figures } from '../report/goals.ts';
import type { Effort, PartReport } from '../report/report.ts';
import { Stage } from '../stage.ts';
import { median, round, table } from '../table.ts';
import { Person } from './person.ts';
import { DELAY_MS, restartWarm, selectedIds } from './scene.ts';
import { drawClicks, type Panel } from './picture.ts';
import { middleOf, type TimeLine, wavesAfter, wavesOfRows } from './time-line.ts';
import { knowsFirst, makeTool, type Tool } from './tool.ts';
import { startWaits } from './waits.ts';

const SITUATIONS = ['signed in', 'with sign-in'] as const;

/** A server in one of the ways that are compared. */
interface Variant {
  readonly name: string;
  readonly stage: Stage;
  readonly tool: Tool;
  readonly people: Person[];
  readonly lines: Record<(typeof SITUATIONS)[number], TimeLine[]>;
}

/** One click in a real Chromium, from the click to the rows, over a site that takes 300 ms. */
export async function benchClick(effort: Effort): Promise<PartReport> {
  if (!hasChromium()) return { text: 'Left out: this part needs Chromium (`apt-get install -y chromium`).' };
  const browser = await startChromium();
  try {
    const waits = await startWaits(effort, browser);
    try {
      const clicks = await measureClicks(effort, browser, effort.isQuick ? 3 : 7);
      await waits.measure();
      const waited = await waits.report();
      return {
        text: `${clicks.text}\n\n${waited.text}`,
        figures: { ...clicks.figures, ...waited.figures },
        pictures: clicks.pictures ?? {},
      };
    } finally {
      await waits.close();
    }
  } finally {
    await browser.close();
  }
}

async function measureClicks(
  { root, beside }: Effort,
  browser: Browser,
  rounds: number,
): Promise<PartReport> {
  const variants = [
    ...(beside === undefined ? [] : [await openVariant('the other checkout', beside, false)]),
    await openVariant('without `first`', root, false),
    ...((await knowsFirst(root)) ? [await openVariant('with `first`', root, true)] : []),
  ];
  try {
    for (const { stage, people } of variants) {
      for (let number = 0; number < rounds; number += 1)
        people.push(await Person.signIn(stage, browser, number, selectedIds()));
    }
    for (const situation of SITUATIONS) {
      if (situation === 'with sign-in') for (const { stage } of variants) await restartWarm(stage);
      for (let turn = 0; turn < rounds; turn += 1) {
        for (const { lines, people } of variants) lines[situation].push(await people[turn]!.click());
      }
    }
  } finally {
    for (const { stage, people, tool } of variants) {
      for (const person of people) await person.close();
      await stage.close();
      await tool.remove();
    }
  }
  return reportOf(variants, rounds);
}

async function openVariant(name: string, root: string, first: boolean): Promise<Variant> {
  const tool = await makeTool(first);
  const stage = await Stage.open(root, { delayMs: DELAY_MS, environment: tool.environment });
  return { name, stage, tool, people: [], lines: { 'signed in': [], 'with sign-in': [] } };
}

function reportOf(variants: readonly Variant[], rounds: number): PartReport {
  const rows = SITUATIONS.flatMap((situation) =>
    variants.map(({ name, lines }) => {
      const of = (pick: (line: TimeLine) => number): number[] => lines[situation].map(pick);
      return [
        situation,
        name,
        round(median(of(({ clickMs, codeMs }) => codeMs - clickMs)), 0),
        round(median(of(({ clickMs, rowsMs }) => rowsMs - clickMs)), 0),
        round(Math.max(...of(({ clickMs, rowsMs }) => rowsMs - clickMs)), 0),
        round(median(of(wavesOfAll)), 0),
        round(median(of(wavesAfterCode)), 0),
        round(Math.max(...of(wavesAfterCode)), 0),
      ];
    }),
  );
  const head = [
    ...['', 'server', 'code is there after ms', 'rows after ms', 'worst', 'waves'],
    ...['waves begun after the code', 'worst'],
  ];
  const intro = `A real Chromium, a site that takes ${DELAY_MS} ms, a small tool that asks for 50 selected Versions as soon as its code runs. Medians of ${rounds} people in turns. With sign-in, the provider knows the person already, the waves are those until the rows were read, begun after the person came back from there, and the server has seen nobody but others since its start.`;
  const panels = SITUATIONS.flatMap((situation) =>
    variants.flatMap(({ name, lines }): Panel[] => {
      const line = middleOf(lines[situation]);
      return line === undefined ? [] : [{ title: `${situation}, ${name.replaceAll('`', '')}`, line }];
    }),
  );
  const picture = `click-node-${process.versions.node.split('.')[0]}.svg`;
  return {
    text: `${intro}\n\n${table(head, rows)}\n\n![Time lines of clicks](images/${picture})`,
    figures: figuresOf(variants.find(({ name }) => name === 'with `first`')),
    pictures: { [picture]: drawClicks(panels) },
  };
}

const wavesAfterCode = (line: TimeLine): number => wavesAfter(line.codeMs, line);
const wavesOfAll = (line: TimeLine): number => wavesOfRows(line.backMs ?? line.clickMs, line);

/** The goals are those of a server that begins at the click. */
function figuresOf(variant: Variant | undefined): Figures {
  if (variant === undefined) return {};
  const { 'signed in': signedIn, 'with sign-in': signingIn } = variant.lines;
  return {
    'waves signed in': median(signedIn.map(wavesAfterCode)),
    'waves with sign-in': median(signingIn.map(wavesOfAll)),
    'waves with sign-in, after the code': median(signingIn.map(wavesAfterCode)),
  };
}
