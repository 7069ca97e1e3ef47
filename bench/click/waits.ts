import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import type { Dataset } from '../../studio/site/ports.ts';
import { hasRedis, startRedis } from '../../test/support/redis.ts';
import type { FigureName, Figures } from '../report/goals.ts';
import type { Effort, PartReport } from '../report/report.ts';
import { Stage } from '../stage.ts';
import { median, table } from '../table.ts';
import { DELAY_MS, restartWarm, selectedIds } from './scene.ts';
import { Person } from './person.ts';
import { type TimeLine, wavesAfter } from './time-line.ts';
import { makeTool } from './tool.ts';

const PEOPLE = 3;
/** The shortest time that the setting takes. */
const RECHECK_SECONDS = 30;

type Waves = Partial<Record<FigureName, number[]>>;

/** Measures what a person waits for beyond the page. */
export interface Waits {
  /** What takes no pause. */
  measure(): Promise<void>;
  report(): Promise<PartReport>;
  close(): Promise<void>;
}

/**
 * Waves that a person waits for beyond those of the page or of the write: where the right to act for them is over, after
 * a restart, at another process, and at the first write of a launch. Measured without `first`, which would hide them.
 * The pause begins at once, so that other parts can be measured meanwhile.
 */
export async function startWaits({ root }: Effort, browser: Browser): Promise<Waits> {
  const waves: Waves = {};
  const environment = { SHOTGRAPH_SITE_RECHECK_SECONDS: String(RECHECK_SECONDS) };
  const paused = await openScene(root, browser, environment);
  const pauseEndsAtMs = Date.now() + (RECHECK_SECONDS + 1) * 1000;
  return {
    measure: async () => {
      if (hasRedis()) await measureProcesses(root, browser, waves);
    },
    async report() {
      await sleep(Math.max(0, pauseEndsAtMs - Date.now()));
      for (const person of paused.people) noteIn(waves, 'waves by renewal', moreWaves(await person.click()));
      return reportOf(waves);
    },
    close: () => paused.close(),
  };
}

function reportOf(waves: Waves): PartReport {
  const told: readonly (readonly [FigureName, string])[] = [
    ['waves by renewal', `first click after a pause longer than the recheck time (${RECHECK_SECONDS} s)`],
    ['waves by restart', 'first click after a restart'],
    ['waves at another process', 'first click at another process'],
    ['waves by first write', 'first write of a launch'],
  ];
  const rows = told.map(([name, what]) => {
    const found = waves[name];
    if (found === undefined) return [what, 'not measured: redis-server is not installed', ''];
    return [what, String(median(found)), String(Math.max(...found))];
  });
  const figures: Figures = Object.fromEntries(
    Object.entries(waves).map(([name, found]) => [name, median(found)]),
  );
  const intro = `Waves that a person waits for beyond the one of the page, or of the write. Medians of ${PEOPLE} people, without \`first\`.`;
  return { text: `${intro}\n\n${table(['when', 'more waves', 'worst'], rows)}`, figures };
}

/** The page without `first` takes one wave once its code is there. */
const moreWaves = (line: TimeLine): number => wavesAfter(line.codeMs, line) - 1;

async function measureProcesses(root: string, browser: Browser, waves: Waves): Promise<void> {
  const redis = await startRedis();
  try {
    const scene = await openScene(root, browser, { SHOTGRAPH_STORE_URL: redis.url });
    const { stage, people } = scene;
    try {
      await restartWarm(stage);
      for (const person of people) noteIn(waves, 'waves by restart', moreWaves(await person.click()));
      for (const person of people)
        noteIn(waves, 'waves by first write', wavesAfter(0, await person.write()) - 1);
      const { url } = await stage.another();
      for (const person of people)
        noteIn(waves, 'waves at another process', moreWaves(await person.click(url)));
    } finally {
      await scene.close();
    }
  } finally {
    await redis.stop();
  }
}

/** A server without `first`, and people who are signed in at it. */
async function openScene(root: string, browser: Browser, environment: NodeJS.ProcessEnv) {
  const tool = await makeTool(false);
  const stage = await Stage.open(root, {
    delayMs: DELAY_MS,
    environment: { ...tool.environment, ...environment },
    rows: asManagers,
  });
  const people: Person[] = [];
  const close = async (): Promise<void> => {
    for (const person of people) await person.close();
    await stage.close();
    await tool.remove();
  };
  try {
    for (let number = 0; number < PEOPLE; number += 1)
      people.push(await Person.signIn(stage, browser, number, selectedIds()));
  } catch (error) {
    await close();
    throw error;
  }
  return { stage, people, close };
}

/** Artists may not change the Versions that they open here. */
function asManagers(rows: Dataset['rows']): Dataset['rows'] {
  const people = rows['HumanUser'] ?? [];
  const role = people.find(({ login }) => login === 'joao')?.['permission_rule_set'];
  return { ...rows, HumanUser: people.map((person) => ({ ...person, permission_rule_set: role })) };
}

function noteIn(waves: Waves, name: FigureName, found: number): void {
  waves[name] = [...(waves[name] ?? []), found];
}
